import type { Exchange, FullExchange, StoredReport, ZipEntry } from './model/index.ts';
import { readIsoTime, withinYears } from './base/iso-time.ts';
import { didYouMean } from './base/nearest.ts';
import { show } from './base/show.ts';
import { parseDuration, parseSize } from './base/units.ts';
import { UsageProblem } from './base/problems.ts';
import { loadAdmin } from './admin/load-admin.ts';
import { readOption, startOptions } from './cli/start-options.ts';
import type { CallInput, ScenarioInput } from './scenario/index.ts';
import { defaultSettings, type Settings } from './server/settings.ts';
import { startServer, type RunningServer } from './server/start.ts';
import { VerificationFailed } from './verify/verification-failed.ts';
import type { VerifyAnswer } from './verify/verify-calls.ts';
import type { JournalFilter } from './world/journal.ts';

export type { Diagnostic } from './base/diagnostic.ts';
export { EnvironmentProblem, UsageProblem } from './base/problems.ts';
export type { CallbackAttempt, Exchange, FullExchange, NearMiss, RuleReference, Violation } from './model/exchange.ts';
export type { CallInput, ScenarioInput } from './scenario/index.ts';
export { ScenarioMistakes } from './server/load.ts';
export type { VerifyFailure } from './verify/failure.ts';
export { VerificationFailed } from './verify/verification-failed.ts';
export type { VerifyAnswer } from './verify/verify-calls.ts';
export type { JournalFilter } from './world/journal.ts';

/** How to start a server from a program. What is left out is as on the command line, but for `port` (0), `watch` and `log` (off). */
export interface RehearsalOptions {
  /** Files and folders, or scenarios as objects of the same shape as the YAML. Default `scenarios`. */
  readonly scenarios?: string | ScenarioInput | readonly (string | ScenarioInput)[];
  /** Selected for everybody from the start. */
  readonly scenario?: string | readonly string[];
  readonly fixtures?: string;
  readonly certs?: string;
  /** Keep reports, journal and state there; without it nothing outlives the server. */
  readonly data?: string;
  readonly port?: number;
  readonly host?: string;
  /** Plain HTTP beside HTTPS: its port, 0 for any free one. */
  readonly http?: number;
  readonly strict?: boolean;
  readonly seed?: number;
  /** An instant at which the server's time stands still. */
  readonly clock?: string | number | Date;
  readonly watch?: boolean;
  /** Exchanges kept. */
  readonly journal?: number;
  /** Bytes, or a size such as `2 GB`. */
  readonly maxBody?: number | string;
  readonly maxParsed?: number | string;
  readonly adminToken?: string;
  readonly admin?: boolean;
  readonly san?: string | readonly string[];
  readonly publicUrl?: string;
  readonly selfSigned?: boolean;
  readonly maxSessions?: number;
  /** A session that nobody has used for so long is let go: milliseconds, or a duration such as `24 h`. */
  readonly sessionTtl?: number | string;
  /** Hosts that callbacks may go to, beside this machine: `host`, `host:port`, `*.example.com`. */
  readonly allowCallback?: string | readonly string[];
  /** Lines about unmatched requests, violations and reloads go here. Default: nowhere. */
  readonly write?: (line: string) => void;
}

/** Exchanges, newest first: a list that also tells how many there are in all, and the cursor of the next page. */
export interface ExchangePage extends ReadonlyArray<Exchange> {
  readonly items: readonly Exchange[];
  readonly total: number;
  readonly next: string | null;
}

/** An uploaded file. */
export type Report = Omit<StoredReport, 'storedAt'> & {
  /** Of a zip archive; null for others. */
  readonly entries: readonly ZipEntry[] | null;
  /** The bytes. */
  read(): Promise<Buffer>;
};

/** How calls are to have come. */
export interface VerifyOptions {
  /** In the order in which they stand. */
  readonly order?: boolean;
  /** Of this session only; left out: of all. */
  readonly session?: string;
}

/** One client's own world: give its `url` to the client. */
export interface Session {
  readonly id: string;
  /** The server's URL with the prefix that names the session. */
  readonly url: string;
  /** For clients that can set headers instead. */
  readonly headers: Readonly<Record<string, string>>;
  journal(filter?: Omit<JournalFilter, 'session'>): ExchangePage;
  reports(): Promise<readonly Report[]>;
  /** As `verify` of the server, on the calls of this session. */
  verify(calls: readonly CallInput[], options?: Pick<VerifyOptions, 'order'>): Promise<VerifyAnswer>;
  /** Selects a scenario for this session alone. */
  use(scenario: string): void;
  /** Back to the beginning. */
  reset(): Promise<void>;
}

/** A server that answers. */
export interface Rehearsal extends AsyncDisposable {
  readonly url: string;
  readonly httpUrl: string | null;
  readonly adminUrl: string | null;
  readonly port: number;
  /** The CA certificate, PEM. */
  readonly ca: string;
  /** Absolute path of the CA certificate. */
  readonly caFile: string;
  readonly scenarios: readonly string[];
  session(id: string): Session;
  journal(filter?: JournalFilter): ExchangePage;
  exchange(id: string): Promise<FullExchange | null>;
  reports(): Promise<readonly Report[]>;
  /**
   * Whether clients made these calls: `verify([{ route: 'POST /tasks/report', count: 1 }])`. Judged on what the journal keeps. Throws
   * VerificationFailed, with what came instead, when they did not; UsageProblem when the calls cannot be understood.
   */
  verify(calls: readonly CallInput[], options?: VerifyOptions): Promise<VerifyAnswer>;
  /** Selects a scenario for everybody. */
  use(scenario: string): void;
  close(): Promise<void>;
}

/**
 * Starts a server in this process. Ready when it resolves; any number run side by side.
 * Throws ScenarioMistakes (with every `diagnostics`), UsageProblem or EnvironmentProblem.
 */
export async function startRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const server = await startServer(settingsOf(options), { loadAdmin, write: options.write ?? (() => undefined) });
  const { control } = server;
  const close = (): Promise<void> => server.close();
  return {
    url: server.url, httpUrl: server.httpUrl, adminUrl: server.adminUrl, port: server.port, scenarios: server.scenarios,
    ca: server.certificates.caPem, caFile: server.certificates.caFile,
    session: (id) => sessionOf(server, id),
    journal: (filter) => page(server, filter),
    exchange: (id) => control.journal.get(id),
    reports: () => reportsOf(server, null),
    verify: (calls, options) => verify(server, calls, options),
    use: (scenario) => select(server, scenario, null),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function sessionOf(server: RunningServer, id: string): Session {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(id)) throw new UsageProblem(`${JSON.stringify(id)} cannot name a session`, 'Use 1 to 64 of A-Z a-z 0-9 . _ -');
  return {
    id,
    url: `${server.url}/@:${id}`,
    headers: { 'Rehearsal-Session': id },
    journal: (filter) => page(server, { ...filter, session: id }),
    reports: () => reportsOf(server, id),
    verify: (calls, options) => verify(server, calls, { ...options, session: id }),
    use: (scenario) => select(server, scenario, id),
    async reset() {
      await server.control.resetSession(id);
    },
  };
}

async function verify(server: RunningServer, calls: readonly CallInput[], options: VerifyOptions = {}): Promise<VerifyAnswer> {
  const answer = await server.control.verify({ ...options, calls });
  if ('refused' in answer) throw new UsageProblem(answer.detail, 'See the type `CallInput`');
  if (!answer.passed) throw new VerificationFailed(answer.failures);
  return answer;
}

const filterNames: readonly string[] = ['session', 'status', 'path', 'rule', 'unmatched', 'violations', 'after', 'limit'] satisfies (keyof JournalFilter)[];

function page(server: RunningServer, filter: JournalFilter = {}): ExchangePage {
  const unknown = Object.keys(filter).find((name) => !filterNames.includes(name));
  if (unknown !== undefined) throw new UsageProblem(`The journal has no filter \`${unknown}\``, didYouMean(unknown, filterNames) ?? `There are: ${filterNames.join(', ')}`);
  const found = server.control.journal.list(filter);
  if (!found) throw new UsageProblem(`\`after\` names no exchange that is still kept: ${String(filter.after)}`, 'Take the `next` of an earlier page');
  // Not enumerable: a list with them still equals, and prints as, a list without.
  return Object.defineProperties([...found.items], { items: { value: found.items }, total: { value: found.total }, next: { value: found.next } }) as Exchange[] & ExchangePage;
}

async function reportsOf(server: RunningServer, session: string | null): Promise<readonly Report[]> {
  const { readContent } = await import('./files/report-content.ts');
  const { reports } = server.control;
  return Promise.all(reports.list(session).map(async (stored): Promise<Report> => {
    const { storedAt: _place, ...report } = stored;
    const zip = await reports.zip(stored);
    return { ...report, entries: zip && 'entries' in zip ? zip.entries : null, read: () => readContent(stored) };
  }));
}

function select(server: RunningServer, scenario: string, session: string | null): void {
  if (server.control.select(scenario, session)) return;
  throw new UsageProblem(`There is no scenario \`${scenario}\``, `There are: ${server.scenarios.join(', ')}`);
}

function settingsOf(options: RehearsalOptions): Settings {
  const { scenarios = 'scenarios', scenario = [], san = [], clock, write: _write, maxBody, maxParsed, sessionTtl, ...plain } = options;
  for (const name of Object.keys(plain)) {
    if (!Object.hasOwn(defaultSettings, name)) throw new UsageProblem(`startRehearsal has no option \`${name}\``, didYouMean(name, ['scenarios', ...Object.keys(defaultSettings)]) ?? 'See the type `RehearsalOptions`');
  }
  const given = isList(scenarios) ? scenarios : [scenarios];
  const defined = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  for (const option of startOptions) {
    const value = defined[option.key];
    if (value === undefined) continue;
    if (option.value !== null) defined[option.key] = readOption(option, value, option.key) as typeof value;
    else if (typeof value !== 'boolean') throw new UsageProblem(`${option.key}: expected \`true\` or \`false\`, got ${show(value)}`, 'See the type `RehearsalOptions`');
  }
  return {
    ...defaultSettings,
    port: 0,
    watch: false,
    ...(defined as Partial<Settings>),
    paths: given.filter((one) => typeof one === 'string'),
    objects: given.filter((one) => typeof one !== 'string'),
    scenario: typeof scenario === 'string' ? [scenario] : scenario,
    san: typeof san === 'string' ? [san] : san,
    clock: clock === undefined ? null : instant(clock),
    maxBody: bytes(maxBody, defaultSettings.maxBody, 'maxBody'),
    maxParsed: bytes(maxParsed, defaultSettings.maxParsed, 'maxParsed'),
    sessionTtl: idleMs(sessionTtl),
  };
}

function isList(value: NonNullable<RehearsalOptions['scenarios']>): value is readonly (string | ScenarioInput)[] {
  return Array.isArray(value);
}

function instant(value: string | number | Date): number {
  const ms = typeof value === 'string' ? readIsoTime(value) : withinYears(Math.trunc(Number(value)));
  if (ms === null) throw new UsageProblem(`clock: ${JSON.stringify(value)} is no time`, 'Write it as in 2026-11-01T12:00:00Z');
  return ms;
}

function bytes(value: number | string | undefined, otherwise: number, name: string): number {
  const size = value === undefined ? otherwise : typeof value === 'number' ? value : parseSize(value);
  if (size === null || !Number.isSafeInteger(size) || size < 0) throw new UsageProblem(`${name}: ${JSON.stringify(value)} is no size`, 'Write it as in `2 GB`');
  return size;
}

function idleMs(value: number | string = defaultSettings.sessionTtl): number {
  const ms = typeof value === 'number' ? value : parseDuration(value);
  if (ms === null || !Number.isSafeInteger(ms) || ms <= 0) throw new UsageProblem(`sessionTtl: ${JSON.stringify(value)} is no duration over 0`, 'Write it as in `24 h`, or in milliseconds');
  return ms;
}
