import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { didYouMean } from '../base/nearest.ts';
import { UsageProblem } from '../base/problems.ts';
import { openCertificates, type Certificates } from '../certs/certificates.ts';
import type { Plan, Scheme } from '../model/index.ts';
import { Addresses } from './addresses.ts';
import { createAdminDoor, type AdminDoor, type AdminLoader } from './admin-door.ts';
import type { App } from './app.ts';
import { createCallbackDoor } from './callback-door.ts';
import { readAllowedHosts } from './callbacks/allowed-hosts.ts';
import { createClock, type Clock } from './clock.ts';
import { Closing } from './closing.ts';
import type { Control } from './control.ts';
import { createHandler } from './handle.ts';
import { hostNames, isLoopback, strangerToCertificate } from './hosts.ts';
import { keepCertificate } from './keep-certificate.ts';
import { listen, type Listening } from './listen.ts';
import { loadAll, ScenarioMistakes, type LoadedFiles } from './load.ts';
import { createLog, type Log } from './log.ts';
import { openStores, remembers, type Stores } from './open-stores.ts';
import { defaultLimits } from './receive/limits.ts';
import { precheck } from './receive/precheck.ts';
import { Metrics } from './metrics.ts';
import { handshakeRecorder, recordMalformed } from './record-connection.ts';
import { watchScenarios } from './reload.ts';
import { createHttpDate } from './respond/http-date.ts';
import { RunningControl } from './running-control.ts';
import { Serving } from './serving.ts';
import type { Settings } from './settings.ts';
import { version } from './version.ts';

export type { AdminHandler, AdminLoader, AdminOptions } from './admin-door.ts';

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
  /** What a person should know: which certificates were made, and why; that they are not for the name in the URL. */
  readonly notices: readonly string[];
  /** No new connections; requests in flight finish, `graceMs` at most; data is on disk. */
  close(graceMs?: number): Promise<void>;
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
  readAllowedHosts(settings.allowCallback);
  const closing = new Closing();
  try {
    return await open(settings, options, { ...loaded, plan: loaded.plan }, certificates, closing);
  } catch (error) {
    await closing.close().catch(() => undefined);
    throw error;
  }
}

/** Puts the server together: what it remembers, what it serves, the admin API, then the sockets. Closed in the opposite order. */
async function open(settings: Settings, options: StartOptions, loaded: LoadedFiles & { readonly plan: Plan }, certificates: Certificates, closing: Closing): Promise<RunningServer> {
  const { plan } = loaded;
  const clock = createClock(settings.clock);
  const log = createLog({ format: settings.log, quiet: settings.quiet, write: options.write, now: clock.now });
  const stores = await openStores(settings, clock, log, closing, plan);
  const serving = new Serving(plan, stores.worlds, settings.scenario);
  const adminOn = settings.admin && (settings.adminToken !== null || isLoopback(settings.host));
  const addresses = new Addresses(settings, adminOn);
  const closed = new AbortController();
  const wait = (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal }).catch(() => undefined);
  const callbacks = createCallbackDoor(() => ({
    allow: settings.allowCallback, ca: certificates.caPem, clock, wait,
    elapsed: () => performance.now(),
    closing: closed.signal,
    onAttempt: (exchange, attempt) => stores.journal.noteCallback(exchange, attempt),
  }), (error) => log.failure('callback', error));
  closing.add(() => callbacks.close());
  stores.journal.subscribeCallbacks((callback) => log.callback(callback));
  const app = createApp({
    settings, stores, serving, clock, log, addresses, wait, closing: closed.signal,
    callBack: (exchange, callback) => callbacks.send(exchange, callback),
    admin: (request, response) => door.answer(request, response),
    resetConnection: (request) => (listening ? listening.resetConnection(request) : void request.socket.destroy()),
  });
  const startedAt = new Date(clock.now()).toISOString();
  const control = new RunningControl(app, {
    info: () => ({ version: version(), url: addresses.url, httpUrl: addresses.httpUrl, startedAt, scenarios: [], caFile: certificates.caFile }),
    caPem: () => certificates.caPem,
    onChange: stores.worldChanged,
    onClock: () => callbacks.clockMoved(),
    onReset: (session) => callbacks.forget(session),
  });
  const onFailure = (error: unknown): void => log.failure('admin', error);
  const hosts = hostNames(settings);
  const door: AdminDoor = createAdminDoor(adminOn ? () => options.loadAdmin(control, { token: settings.adminToken, hosts, onFailure }) : null, onFailure);
  // A request may come on the first address while the others are still being opened.
  let listening: Listening | null = null;
  keepSecrets(plan, stores);
  listening = await listenFor(app, settings, certificates, clientCaOf(plan, certificates));
  addresses.listensOn(listening);
  const { close: closeSockets, port } = listening;
  const open = listening;
  closing.add(() => closeSockets(0));
  const adopt = (next: Plan): Promise<void> => adoptPlan(next, stores, open, certificates);
  closing.add(renewing(certificates, listening, log));
  if (settings.watch && settings.paths.length > 0) closing.add(watchScenarios(settings, app, control, loaded, adopt));
  return {
    settings, certificates, control, port,
    url: addresses.url,
    httpUrl: addresses.httpUrl,
    adminUrl: addresses.adminUrl,
    scenarios: [...plan.scenarios.keys()].sort(),
    notices: [...certificates.notices, ...[strangerToCertificate(addresses.url, certificates.cert)].filter((notice) => notice !== null)],
    close: closer(closed, door, closeSockets, closing),
  };
}

type AppParts = Pick<App, 'serving' | 'clock' | 'log' | 'closing' | 'admin' | 'resetConnection' | 'wait' | 'callBack'> & { readonly settings: Settings; readonly stores: Stores; readonly addresses: Addresses; readonly clock: Clock };

function createApp({ settings, stores, addresses, ...given }: AppParts): App {
  return {
    ...given,
    journal: stores.journal,
    metrics: new Metrics(),
    reports: stores.reports,
    nextId: stores.nextId,
    worldChanged: stores.worldChanged,
    seed: settings.seed,
    limits: { ...defaultLimits, maxBodyBytes: settings.maxBody, maxParsedBytes: settings.maxParsed },
    elapsed: () => performance.now(),
    httpDate: createHttpDate(),
    journalUrl: (exchange) => addresses.journalUrl(exchange),
    dueFailed: ({ session, operation, detail }) => given.log.info(`A change of the session ${session} whose time came (${operation.kind}) could not be made: ${detail}`),
  };
}

/** What a new plan asks of the server around it, before it serves: rows that outlive the run, secrets that the journal must not keep, certificates of clients. */
async function adoptPlan(plan: Plan, stores: Stores, listening: Listening, certificates: Certificates): Promise<void> {
  if (remembers(plan)) await stores.ensureDurable();
  keepSecrets(plan, stores);
  listening.askForCertificates(clientCaOf(plan, certificates));
}

/** The CA whose certificates clients are asked for; null: they are asked for none. */
function clientCaOf(plan: Plan, certificates: Certificates): string | null {
  return schemesOf(plan).some((scheme) => scheme.asksForCertificate) ? certificates.caPem : null;
}

function keepSecrets(plan: Plan, stores: Stores): void {
  const schemes = schemesOf(plan);
  stores.journal.keepSecret({ headers: schemes.flatMap((scheme) => scheme.secretHeaders), names: schemes.flatMap((scheme) => scheme.secretNames) });
}

function schemesOf(plan: Plan): readonly Scheme[] {
  return [...plan.scenarios.values()].flatMap((scenario) => scenario.schemes);
}

function listenFor(app: App, settings: Settings, certificates: Certificates, clientCa: string | null): Promise<Listening> {
  const handler = createHandler(app);
  return listen({
    onRequest: handler,
    onContinue(request, response) {
      const refused = precheck(request, app.limits);
      if (!refused) response.writeContinue();
      handler(request, response);
    },
    tls: { key: certificates.key, cert: certificates.cert },
    clientCa,
    host: settings.host, port: settings.port, httpPort: settings.http,
    onHandshakeFailure: handshakeRecorder(app),
    onMalformedRequest: (malformed) => recordMalformed(app, malformed),
  });
}

function renewing(certificates: Certificates, listening: Listening, log: Log): () => void {
  return keepCertificate(certificates, listening, {
    onNotices: (notices) => notices.forEach((notice) => log.info(notice)),
    onProblem: (error) => log.info(`The certificate could not be renewed: ${error instanceof Error ? error.message : String(error)}`),
  });
}

/** Closes once, however often it is asked to; asked again, the shorter grace holds, and both are told the same. */
function closer(closed: AbortController, door: AdminDoor, closeSockets: Listening['close'], closing: Closing): RunningServer['close'] {
  let done: Promise<void> | null = null;
  return async (graceMs = 10_000) => {
    if (done) void closeSockets(graceMs);
    done ??= (async () => {
      closed.abort();
      await door.close();
      await closeSockets(graceMs);
      await closing.close();
    })();
    await done;
  };
}

function checkSelected(plan: Plan, names: readonly string[]): void {
  for (const name of names) {
    if (plan.scenarios.has(name)) continue;
    const known = [...plan.scenarios.keys()].sort();
    throw new UsageProblem(`There is no scenario \`${name}\``, `${didYouMean(name, known) ?? ''} There are: ${known.join(', ')}`.trim());
  }
}
