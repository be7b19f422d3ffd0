import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { codeOf, CommandSignals, windowsCommand } from '../../src/cli/run-command.ts';

/** What a command gets of the signals that come to this process. */
function passed(fromTerminal: boolean, came: readonly NodeJS.Signals[]): readonly string[] {
  const process = new EventEmitter() as unknown as NodeJS.Process;
  const got: string[] = [];
  const signals = new CommandSignals({ fromTerminal, process });
  signals.passTo(Object.assign(new EventEmitter(), { kill: (signal: NodeJS.Signals) => got.push(signal) > 0 }) as never);
  for (const signal of came) process.emit(signal, signal);
  return got;
}

describe('signals', () => {
  test('go to the command; a second one ends it', () => {
    expect(passed(false, ['SIGINT', 'SIGTERM'])).toEqual(['SIGINT', 'SIGKILL']);
    expect(passed(false, ['SIGHUP'])).toEqual(['SIGHUP']);
  });

  test('that a terminal sends to both are not passed on a second time', () => {
    expect(passed(true, ['SIGINT'])).toEqual([]);
    expect(passed(true, ['SIGTERM'])).toEqual(['SIGTERM']);
    expect(passed(true, ['SIGINT', 'SIGINT'])).toEqual(['SIGKILL']);
  });

  test('that come before there is a command, or after it, are remembered and hurt nobody', () => {
    const process = new EventEmitter() as unknown as NodeJS.Process;
    const signals = new CommandSignals({ fromTerminal: false, process });
    process.emit('SIGTERM', 'SIGTERM');
    expect([signals.first, codeOf(signals.first)]).toEqual(['SIGTERM', 143]);
  });
});

describe('a command on Windows', () => {
  test('runs by the command interpreter, so that `npm` is found, its arguments quoted for both who read them', () => {
    const { file, args } = windowsCommand(['npm', 'test', 'a b', 'x&y', 'say "hi"', 'C:\\dir\\'], { ComSpec: 'C:\\Windows\\cmd.exe' });
    expect([file, args.slice(0, 3)]).toEqual(['C:\\Windows\\cmd.exe', ['/d', '/s', '/c']]);
    expect(args[3]).toBe(String.raw`"npm ^"test^" ^"a^ b^" ^"x^&y^" ^"say^ \^"hi\^"^" ^"C:\dir\\^""`);
  });

  test('may be given by a path with slashes', () => {
    expect(windowsCommand(['node_modules/.bin/vitest'], {}).args[3]).toBe(String.raw`"node_modules\.bin\vitest"`);
  });
});
