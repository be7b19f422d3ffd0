import { UsageProblem } from '../base/problems.ts';
import { openDataFolder } from '../files/data-folder.ts';
import type { Settings } from '../server/settings.ts';
import type { RunningServer } from '../server/start.ts';
import { judgeRun, tallyRun, type Relaxed } from '../verify/run-verdict.ts';
import type { Io } from './io.ts';
import { accountLines } from './run-account.ts';
import { codeOf, runToEnd, type CommandEnd, type CommandSignals } from './run-command.ts';
import { runEnvironment } from './run-environment.ts';
import { prepareReports, writeReports, type ReportFiles } from './run-reports.ts';
import { serveScenarios, writeReadyFile } from './start.ts';

export interface RunOptions {
  /** The command and its arguments. */
  readonly command: readonly string[];
  readonly relaxed: Relaxed;
  readonly reports: ReportFiles;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How long what the command left behind may still finish its requests. */
const graceMs = 2_000;

/** The options that `run` has beside those of `start`. Throws UsageProblem when there is no command. */
export function readRunOptions(given: Readonly<Record<string, unknown>>, command: readonly string[] | null, paths: readonly string[]): Omit<RunOptions, 'now'> {
  if (command === null || command.length === 0 || command[0] === '') {
    const example = command === null && paths.length > 0 ? paths.join(' ') : 'npm test';
    throw new UsageProblem('There is no command to run', `Write it behind two dashes: \`rehearsal run -- ${example}\``);
  }
  const file = (name: string): string | null => (typeof given[name] === 'string' && given[name] !== '' ? given[name] : null);
  const is = (name: string): boolean => given[name] === true;
  return {
    command,
    relaxed: { unmatched: is('allowUnmatched'), violations: is('allowViolations'), required: is('allowMissed'), verify: is('allowUnverified') },
    reports: { junit: file('junit'), json: file('json'), summary: file('summary') },
  };
}

/**
 * `rehearsal run`: serves, runs the command to its end, then says whether all went as the scenarios have it. Gives the exit code:
 * the command's own, or when that is 0 whether the verification passed. Throws UsageProblem and EnvironmentProblem before the
 * command begins, never after.
 */
export async function runCommand(settings: Settings, options: RunOptions, io: Io, signals: CommandSignals): Promise<number> {
  await prepareReports(options.reports);
  // What was wrong with an exchange is told at the end: lines between those of the command would be nobody's.
  const server = await serveScenarios({ ...settings, quiet: settings.quiet || settings.log === null }, io);
  if (server === null) return 1;
  try {
    if (settings.readyFile !== null) await writeReadyFile(settings.readyFile, server);
    if (!settings.quiet) for (const line of [...server.notices, `${server.url} serves ${server.control.info().scenarios.join(', ')}`]) io.stderr(`rehearsal: ${line}\n`);
    return await runBeside(server, options, io, signals, settings.quiet);
  } finally {
    await server.close(0);
  }
}

/** The command, then the server's end, then the judgement: only then is every exchange in the journal. */
async function runBeside(server: RunningServer, { command, relaxed, reports, now }: RunOptions, io: Io, signals: CommandSignals, quiet: boolean): Promise<number> {
  const startedAtMs = now();
  const tally = tallyRun(server.control);
  const end = await runTrusting(server, command, io, signals, startedAtMs);
  // The entries of an archive are read from a file that goes with the server.
  await tally.settled();
  await server.close(signals.first === null ? graceMs : 0);
  tally.stop();
  if (end.kind === 'not-begun') {
    io.stderr(`rehearsal: ${end.because}\n`);
    return end.code;
  }
  const verdict = await judgeRun(server.control, tally, relaxed);
  for (const line of accountLines(verdict, { relaxed, quiet })) io.stderr(`${line}\n`);
  const unwritten = await writeReports(reports, { verdict, relaxed, startedAtMs, durationMs: now() - startedAtMs });
  for (const problem of unwritten) io.stderr(`rehearsal: ${problem.message}. ${problem.fix}\n`);
  if (end.code !== 0) return end.code;
  if (!verdict.passed) return 1;
  return unwritten.length > 0 ? 3 : 0;
}

/** Runs it with the environment by which its clients trust the server; the files behind that go with the run. */
async function runTrusting(server: RunningServer, command: readonly string[], io: Io, signals: CommandSignals, nowMs: number): Promise<CommandEnd> {
  const folder = await openDataFolder(null);
  try {
    const { url, adminUrl, certificates: { caFile, caPem } } = server;
    const env = await runEnvironment({ url, adminUrl, caFile, caPem }, io.env, folder.path, nowMs);
    if (signals.first !== null) return { kind: 'ended', code: codeOf(signals.first) };
    return await runToEnd(command, env, signals, io.platform);
  } finally {
    await folder.close();
  }
}
