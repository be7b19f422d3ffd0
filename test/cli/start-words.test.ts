import { array, assert, asyncProperty, constantFrom, oneof } from 'fast-check';
import { expect, test } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import type { Io } from '../../src/cli/io.ts';
import { startOptions } from '../../src/cli/start-options.ts';
import { readStartWords, type StartWords } from '../../src/cli/start-words.ts';

const io: Io = { stdout: () => undefined, stderr: () => undefined, env: {}, platform: 'linux', color: false };

/** What the command line proper makes of these words; its message when it refuses a value. */
async function read(words: readonly string[]): Promise<StartWords | string | null> {
  let given: StartWords | null = null;
  try {
    await commandLine(words, io, async (start) => {
      given = start;
      return 0;
    });
  } catch (error) {
    return (error as Error).message;
  }
  return given;
}

function readAtOnce(words: readonly string[]): StartWords | string | null {
  try {
    return readStartWords(words);
  } catch (error) {
    return (error as Error).message;
  }
}

test('paths, switches and options with their values are read at once', async () => {
  const words = ['start', 'a.yaml', '--port', '0', '--scenario', 'one', '--no-watch', '--scenario', 'two', 'b', '--quiet', '--max-body', '2 GB'];
  expect(readAtOnce(words)).toEqual({ paths: ['a.yaml', 'b'], flags: { port: 0, scenario: ['one', 'two'], watch: false, quiet: true, maxBody: 2e9 } });
  expect(await read(words)).toEqual(readAtOnce(words));
});

test.each([['routes'], ['start', '--help'], ['start', '--port=0'], ['start', '--port'], ['start', '--'], ['start', '--prot', '0'], ['start', '-q'], ['start', '--workers', '2'], []])('%j is for the command line proper', (...words) => {
  expect(readStartWords(words)).toBeNull();
});

test('what is read at once is what the command line proper reads', async () => {
  const option = constantFrom(...startOptions.map(({ name }) => `--${name}`));
  const value = constantFrom('0', '5000', 'x', '', 'a b', '-1', '--quiet', '2 GB', '1 h', '2026-11-01T12:00:00Z', 'json', 'https://a.test', 'a,b', 'a.test:80');
  const odd = constantFrom('--', '-', '-h', '--help', '--port=1', '--strict=true', '--no-port', '--watch', '--workers', 'help', 'start');
  await assert(asyncProperty(array(oneof({ weight: 3, arbitrary: option }, { weight: 3, arbitrary: value }, { weight: 1, arbitrary: odd }), { maxLength: 6 }), async (words) => {
    const atOnce = readAtOnce(['start', ...words]);
    if (atOnce !== null) expect(await read(['start', ...words])).toEqual(atOnce);
  }), { numRuns: 500 });
});
