import { formatDiagnostic, type Diagnostic } from '../base/diagnostic.ts';

/** Where a command writes, and what it reads of its surroundings. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Whether a person reads it: colours are used then. */
  readonly color: boolean;
}

export function processIo(): Io {
  const { env } = process;
  // A reader that has seen enough (`| head`) is no failure, and ends no server.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env,
    platform: process.platform,
    color: process.stderr.isTTY === true && !env['NO_COLOR'],
  };
}

/** Mistakes like a compiler's, one a line, and what to do. */
export function printMistakes(io: Io, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) io.stderr(`${formatDiagnostic(diagnostic)}\n`);
}
