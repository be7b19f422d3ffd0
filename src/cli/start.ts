import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageProblem } from '../base/problems.ts';
import { loadAdmin } from '../admin/load-admin.ts';
import { ScenarioMistakes } from '../server/load.ts';
import { createLog, type Log } from '../server/log.ts';
import { defaultSettings, type Settings } from '../server/settings.ts';
import { startServer, type RunningServer } from '../server/start.ts';
import { printMistakes, type Io } from './io.ts';
import { replaceFile } from './replace-file.ts';
import { settingsOfEnvironment, settingsOfFile } from './start-options.ts';
import { growYoungGenerationAtOnce } from './young-generation.ts';

const configFile = 'rehearsal.config.yaml';

/** What was given wins over the environment, which wins over `rehearsal.config.yaml`, which wins over the defaults. `own`: where a command has defaults of its own. */
export async function readSettings(paths: readonly string[], flags: Partial<Settings>, env: Io['env'], own: Partial<Settings> = {}): Promise<Settings> {
  const fromFile = existsSync(configFile) ? settingsOfFile(await readConfig(), configFile) : {};
  return { ...defaultSettings, ...own, ...fromFile, ...settingsOfEnvironment(env), ...flags, ...(paths.length > 0 && { paths }) };
}

async function readConfig(): Promise<unknown> {
  const { parse, YAMLParseError } = await import('yaml');
  try {
    return parse(readFileSync(configFile, 'utf8'));
  } catch (error) {
    const reason = error instanceof YAMLParseError ? error.message.split('\n')[0]!.replace(/:$/, '') : String(error);
    throw new UsageProblem(`${configFile} cannot be read: ${reason}`, 'Mend the file, or take it away');
  }
}

/** `rehearsal start`: serves until it is told to stop. Gives the exit code. */
export async function startCommand(settings: Settings, io: Io, signals: Signals): Promise<number> {
  signals.onSecond(() => process.exit(130));
  const log = createLog({ format: settings.log, quiet: settings.quiet, write: io.stderr, now: () => settings.clock ?? Date.now() });
  const server = await serveScenarios(settings, io);
  if (server === null) return 1;
  try {
    await announce(server, io, log);
  } catch (error) {
    await server.close(0);
    throw error;
  }
  await signals.first();
  log.info('Stopping: requests in flight may finish (10 s at most); a second signal ends at once');
  await server.close();
  return 0;
}

/** Starts a server; null when it has printed the mistakes that keep it from starting. Throws UsageProblem and EnvironmentProblem. */
export async function serveScenarios(settings: Settings, io: Io): Promise<RunningServer | null> {
  growYoungGenerationAtOnce();
  // One that an earlier run left would tell a pipeline that this one is ready.
  if (settings.readyFile !== null) removeReadyFile(settings.readyFile);
  try {
    return await startServer(settings, { loadAdmin, write: io.stderr });
  } catch (error) {
    if (!(error instanceof ScenarioMistakes)) throw error;
    printMistakes(io, error.diagnostics);
    io.stderr(`${error.summary}: mend ${error.diagnostics.length === 1 ? 'it' : 'them'} and start again\n`);
    return null;
  }
}

function removeReadyFile(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // None is there, or what is there tells when it is written.
  }
}

/** The signals that end a server. */
export interface Signals {
  first(): Promise<void>;
  onSecond(act: () => void): void;
}

export function processSignals(): Signals {
  let count = 0;
  let onFirst: () => void = () => undefined;
  let onSecond: () => void = () => undefined;
  const came = new Promise<void>((done) => (onFirst = done));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      count += 1;
      if (count === 1) onFirst();
      else onSecond();
    });
  }
  return { first: () => came, onSecond: (act) => void (onSecond = act) };
}

async function announce(server: RunningServer, io: Io, log: Log): Promise<void> {
  const { settings } = server;
  if (settings.readyFile !== null) await writeReadyFile(settings.readyFile, server);
  for (const notice of server.notices) log.info(notice);
  if (!settings.quiet) io.stdout(readyLine(server));
}

/** One line, for a person to read and a pipeline to wait for. */
function readyLine(server: RunningServer): string {
  const facts = [
    `Rehearsal is ready at ${server.url}`,
    ...(server.httpUrl ? [`plain HTTP at ${server.httpUrl}`] : []),
    server.adminUrl ? `console ${server.adminUrl}/` : `the admin API is off (${adminOffBecause(server.settings)})`,
    `CA ${server.certificates.caFile} (see \`rehearsal trust\`)`,
    `scenarios ${server.scenarios.join(', ')}`,
  ];
  return `${facts.join(' · ')}\n`;
}

/** Why there is no admin API, and what turns it on. */
function adminOffBecause({ admin, host }: Settings): string {
  return admin ? `${host} can be reached from other machines: give --admin-token TOKEN to turn it on` : '--no-admin';
}

/** For a pipeline that waits until the server answers. */
export async function writeReadyFile(file: string, server: RunningServer): Promise<void> {
  const { url, httpUrl, adminUrl, port, scenarios } = server;
  const ready = { url, httpUrl, consoleUrl: adminUrl && `${adminUrl}/`, adminUrl, port, caFile: resolve(server.certificates.caFile), pid: process.pid, scenarios };
  await replaceFile(file, `${JSON.stringify(ready, null, 2)}\n`, 'ready file');
}
