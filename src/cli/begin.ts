import { EnvironmentProblem, UsageProblem } from '../base/problems.ts';
import { processIo, type Io } from './io.ts';
import { readStartWords, type StartWords } from './start-words.ts';

/** Runs what these words ask for, and leaves its exit code with the process. */
export async function begin(words: readonly string[]): Promise<void> {
  const io = processIo();
  try {
    process.exitCode = await run(words, io);
  } catch (error) {
    process.exitCode = report(io, error);
  }
}

async function run(words: readonly string[], io: Io): Promise<number> {
  const serve = async ({ paths, flags }: StartWords): Promise<number> => {
    const { processSignals, readSettings, startCommand } = await import('./start.ts');
    return startCommand(await readSettings(paths, flags, io.env), io, processSignals());
  };
  const start = readStartWords(words);
  if (start !== null) return serve(start);
  const { commandLine } = await import('./command-line.ts');
  return commandLine(words, io, serve);
}

/** One line that says what to do, and the exit code. */
function report(io: Io, error: unknown): number {
  if (error instanceof UsageProblem || error instanceof EnvironmentProblem) {
    io.stderr(`rehearsal: ${error.message}. ${error.fix}\n`);
    return error.exitCode;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr(`rehearsal: the program itself failed, please report it: ${detail.replace(/\s*\n\s*/g, ' | ')}\n`);
  return 3;
}
