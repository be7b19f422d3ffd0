import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { errorCode } from '../base/problems.ts';

/** How a command ended: with a code, or never begun. */
export type CommandEnd =
  | { readonly kind: 'ended'; readonly code: number }
  | { readonly kind: 'not-begun'; readonly code: 126 | 127; readonly because: string };

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Signalled = Pick<ChildProcess, 'kill' | 'once'>;

/** The signals that this process gets from now on go to the command, once there is one; the second ends it at once. */
export class CommandSignals {
  #first: NodeJS.Signals | null = null;
  #command: Signalled | null = null;
  readonly #fromTerminal: boolean;

  /** `fromTerminal`: the keys of a terminal signal the whole group of processes, and the command has Ctrl-C by itself. */
  constructor(options: { readonly fromTerminal: boolean; readonly process: Pick<NodeJS.Process, 'on'> }) {
    this.#fromTerminal = options.fromTerminal;
    for (const signal of passedOn) options.process.on(signal, () => this.#came(signal));
  }

  /** The first that came; null while none has. */
  get first(): NodeJS.Signals | null {
    return this.#first;
  }

  passTo(command: Signalled): void {
    this.#command = command;
    command.once('exit', () => (this.#command = null));
  }

  #came(signal: NodeJS.Signals): void {
    const again = this.#first !== null;
    this.#first ??= signal;
    if (again) this.#command?.kill('SIGKILL');
    else if (signal !== 'SIGINT' || !this.#fromTerminal) this.#command?.kill(signal);
  }
}

/** Runs a command to its end with this process's own stdin, stdout and stderr. Its code is 128 and the signal's number when one ended it. */
export function runToEnd(command: readonly string[], env: NodeJS.ProcessEnv, signals: CommandSignals, platform: NodeJS.Platform): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const { file, args, verbatim } = platform === 'win32' ? windowsCommand(command, env) : { file: command[0]!, args: command.slice(1), verbatim: false };
    try {
      const child = spawn(file, args, { env, stdio: 'inherit', windowsVerbatimArguments: verbatim });
      // A command that began may still have errors: a signal that it is not to be sent (`sudo`).
      child.on('error', (error) => void (child.pid === undefined && resolve(notBegun(command[0]!, error))));
      child.once('exit', (code, signal) => resolve({ kind: 'ended', code: code ?? codeOf(signal) }));
      signals.passTo(child);
    } catch (error) {
      resolve(notBegun(command[0]!, error));
    }
  });
}

/** As shells give it: 128 and the signal's number. */
export function codeOf(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** As shells have it: 127 for a command that is not there, 126 for one that cannot be executed. */
function notBegun(command: string, error: unknown): CommandEnd {
  const code = errorCode(error);
  if (code === 'ENOENT') return { kind: 'not-begun', code: 127, because: `the command \`${command}\` was not found` };
  return { kind: 'not-begun', code: 126, because: `the command \`${command}\` cannot be executed (${code || String(error)})` };
}

/**
 * On Windows `npm` and its like are scripts, which only the command interpreter runs. Its arguments are one text, quoted for the
 * program that reads it and, by carets, for the interpreter.
 */
export function windowsCommand(command: readonly string[], env: NodeJS.ProcessEnv): { readonly file: string; readonly args: readonly string[]; readonly verbatim: true } {
  const carets = (text: string): string => text.replace(/[()\][%!^"`<>&|;, *?]/g, '^$&');
  const quoted = (text: string): string => `"${text.replace(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\*)$/, '$1$1')}"`;
  const line = [carets(command[0]!.replaceAll('/', '\\')), ...command.slice(1).map((arg) => carets(quoted(arg)))].join(' ');
  return { file: env['comspec'] ?? env['ComSpec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}
