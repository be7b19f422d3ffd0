import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { didYouMean } from '../base/nearest.ts';
import { UsageProblem } from '../base/problems.ts';
import { openCertificates, type Certificates } from '../certs/certificates.ts';
import { openDataFolder } from '../files/data-folder.ts';
import { openJournalLog } from '../files/journal-log.ts';
import { openReports } from '../files/reports.ts';
import { openWorldsFile } from '../files/worlds-file.ts';
import type { Plan } from '../model/index.ts';
import { createJournal } from '../world/journal.ts';
import { Worlds } from '../world/worlds.ts';
import type { App } from './app.ts';
import { createClock } from './clock.ts';
import type { Control, ServerInfo } from './control.ts';
import { createHandler } from './handle.ts';
import { createIds } from './ids.ts';
import { hostNames, isLoopback, urlHost } from './hosts.ts';
import { keepCertificate } from './keep-certificate.ts';
import { listen, type Listening } from './listen.ts';
import { loadAll, ScenarioMistakes } from './load.ts';
import { createLog } from './log.ts';
import { defaultLimits } from './receive/limits.ts';
import { precheck } from './receive/precheck.ts';
import { recordHandshake, recordMalformed } from './record-connection.ts';
import { watchScenarios } from './reload.ts';
import { RunningControl } from './running-control.ts';
import { Serving } from './serving.ts';
import type { Settings } from './settings.ts';
import { version } from './version.ts';

/** A server that answers. */
export interface RunningServer {
  readonly settings: Settings;
  /** `https://localhost:5000`, or the `--public-url`. */
  readonly url: string;
  readonly httpUrl: string | null;
  /** Null when the admin API is off. */
  readonly adminUrl: string | null;
  readonly port: number;
  readonly certificates: Certificates;
  readonly control: Control;
  /** Names of all scenarios. */
  readonly scenarios: readonly string[];
  /** What a person should know: why the admin API is off, what was made. */
  readonly notices: readonly string[];
  /** No new connections; requests in flight finish, `graceMs` at most; data is on disk. */
  close(graceMs?: number): Promise<void>;
}

/** Makes the admin API over a control: given from outside, so that it is loaded when it is first asked for. */
export type AdminLoader = (control: Control, options: AdminOptions) => Promise<AdminHandler>;

export interface AdminHandler {
  (request: IncomingMessage, response: ServerResponse): void;
  /** Ends the event streams. */
  close(): void;
}

export interface AdminOptions {
  readonly token: string | null;
  /** Names under which this server may be addressed, as a Host header without the port. */
  readonly hosts: readonly string[];
  /** Hears of faults of the admin API itself. */
  onFailure(error: unknown): void;
}

export interface StartOptions {
  readonly loadAdmin: AdminLoader;
  /** Where lines for a person go. */
  readonly write: (line: string) => void;
}

/**
 * Starts a server: loads and compiles the scenarios, opens certificates and data, listens. Ready when it resolves.
 * Throws ScenarioMistakes, UsageProblem or EnvironmentProblem.
 */
export async function startServer(settings: Settings, options: StartOptions): Promise<RunningServer> {
  const [loaded, certificates] = await Promise.all([
    loadAll(settings),
    openCertificates({ dir: settings.certs, sans: settings.san, selfSigned: settings.selfSigned, now: Date.now }),
  ]);
  if (!loaded.plan) throw new ScenarioMistakes(loaded.diagnostics);
  checkSelected(loaded.plan, settings.scenario);
  const closing: (() => Promise<unknown> | void)[] = [];
  try {
    return await open(settings, options, loaded.plan, certificates, closing);
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
}

async function open(settings: Settings, options: StartOptions, plan: Plan, certificates: Certificates, closing: (() => Promise<unknown> | void)[]): Promise<RunningServer> {
  const clock = createClock(settings.clock);
  const log = createLog({ format: settings.log, quiet: settings.quiet, write: options.write, now: clock.now });
  const folder = await openDataFolder(settings.data);
  closing.unshift(() => folder.close());
  const journalLog = folder.durable ? openJournalLog(folder.path, { capacity: settings.journal, onProblem: (error) => log.info(`The journal cannot be written: ${error.message}`) }) : null;
  if (journalLog) closing.unshift(() => journalLog.close());
  const journal = createJournal({ capacity: settings.journal, keep: journalLog });
  const reports = openReports(folder, { ids: createIds('r', folder.durable ? Date.now() : null), now: clock.now });
  closing.unshift(() => reports.close());
  const worlds = new Worlds({ maxSessions: settings.maxSessions });
  const worldsFile = folder.durable ? openWorldsFile(folder.path, worlds, clock.now) : null;
  if (worldsFile) closing.unshift(() => worldsFile.close());
  const serving = new Serving(plan, worlds, settings.scenario);

  const adminOn = settings.admin && (settings.adminToken !== null || isLoopback(settings.host));
  const baseUrl = (): string => settings.publicUrl ?? `https://${urlHost(settings.host)}:${listening.port}`;
  const adminUrl = (): string | null => (adminOn ? `${baseUrl()}/_rehearsal` : null);
  let admin: Promise<AdminHandler> | null = null;
  const closed = new AbortController();
  const nextId = createIds('e', folder.durable ? Date.now() : null);
  const app: App = {
    serving, journal, reports, clock, log, nextId,
    seed: settings.seed,
    limits: { ...defaultLimits, maxBodyBytes: settings.maxBody, maxParsedBytes: settings.maxParsed },
    elapsed: () => performance.now(),
    journalUrl: (exchange) => (adminOn ? `${adminUrl()}/journal/${exchange}` : null),
    closing: closed.signal,
    wait: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    worldChanged: () => worldsFile?.changed(),
    resetConnection: (request) => listening.resetConnection(request),
    admin(request, response) {
      response.setHeader('Rehearsal-Exchange', nextId());
      if (!adminOn) return adminOff(response);
      admin ??= options.loadAdmin(control, { token: settings.adminToken, hosts: hostNames(settings), onFailure: (error) => log.failure('admin', error) });
      admin.then((handler) => handler(request, response), (error: unknown) => {
        log.failure('admin', error);
        response.destroy();
      });
    },
  };
  const info = (): ServerInfo => ({ version: version(), url: baseUrl(), httpUrl: listening.httpPort === null ? null : `http://${urlHost(settings.host)}:${listening.httpPort}`, startedAt, scenarios: [], caFile: certificates.caFile });
  const startedAt = new Date(clock.now()).toISOString();
  const control = new RunningControl(app, { info, caPem: () => certificates.caPem, onChange: () => worldsFile?.changed() });
  const handler = createHandler(app);
  const listening: Listening = await listen({
    onRequest: handler,
    onContinue(request, response) {
      const refused = precheck(request, app.limits);
      if (!refused) response.writeContinue();
      handler(request, response);
    },
    tls: { key: certificates.key, cert: certificates.cert },
    host: settings.host, port: settings.port, httpPort: settings.http,
    onHandshakeFailure: (failure) => recordHandshake(app, failure),
    onMalformedRequest: (malformed) => recordMalformed(app, malformed),
  });
  closing.unshift(() => listening.close(0));
  closing.unshift(keepCertificate(certificates, listening, {
    onNotices: (notices) => notices.forEach((notice) => log.info(notice)),
    onProblem: (error) => log.info(`The certificate could not be renewed: ${error instanceof Error ? error.message : String(error)}`),
  }));
  if (settings.watch && settings.paths.length > 0) closing.unshift(watchScenarios(settings, app, control));
  return {
    settings, certificates, control,
    url: baseUrl(),
    httpUrl: info().httpUrl,
    adminUrl: adminUrl(),
    port: listening.port,
    scenarios: [...plan.scenarios.keys()].sort(),
    notices: [...certificates.notices, ...(settings.admin && !adminOn ? [`The admin API is off, since ${settings.host} can be reached from other machines: give --admin-token TOKEN to turn it on`] : [])],
    async close(graceMs = 10_000) {
      closed.abort();
      (await admin?.catch(() => null))?.close();
      await listening.close(graceMs);
      await closeAll(closing.splice(0));
    },
  };
}

function checkSelected(plan: Plan, names: readonly string[]): void {
  for (const name of names) {
    if (plan.scenarios.has(name)) continue;
    const known = [...plan.scenarios.keys()].sort();
    throw new UsageProblem(`There is no scenario \`${name}\``, `${didYouMean(name, known) ?? ''} There are: ${known.join(', ')}`.trim());
  }
}

async function closeAll(closing: readonly (() => Promise<unknown> | void)[]): Promise<void> {
  for (const close of closing) await close();
}

function adminOff(response: ServerResponse): void {
  response.writeHead(404, { 'Content-Type': 'application/problem+json' });
  response.end(`${JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404, detail: 'The admin API is off on this server' })}\n`);
}
