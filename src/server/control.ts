import type { PublishedMistake } from '../base/diagnostic.ts';
import type { Json } from '../base/json.ts';
import type { Exchange, NearMiss, Part, Plan, Row, RuleReference, StoredReport, Violation } from '../model/index.ts';
import type { RowError } from '../memory/index.ts';
import type { UsedRule } from '../verify/run-tally.ts';
import type { VerifyAnswer } from '../verify/verify-calls.ts';
import type { Journal, RecordedCallback } from '../world/journal.ts';
import type { ClockChange, ClockState } from './clock.ts';
import type { Measured } from './metrics.ts';

/** What the admin API needs of the running server. Sessions are named by ids that have been checked. */
export interface Control {
  info(): ServerInfo;
  /** The CA certificate in PEM, or null when there is none (`--self-signed` gives the leaf instead, plain HTTP nothing). */
  caPem(): string | null;
  /** In the order of their names. `active` is told for the session, or with null for everybody. */
  scenarios(session: string | null): readonly ScenarioItem[];
  /** For one session, or with null for everybody. Null when no scenario has the name. */
  select(scenario: string, session: string | null): Selection | null;
  /** Of all scenarios, active or not; `active` as in {@link scenarios}. */
  routes(session: string | null): readonly RouteItem[];
  readonly journal: Journal;
  readonly reports: Reports;
  metrics(): ServerMetrics;
  sessions(): readonly SessionSummary[];
  session(id: string): SessionDetails | null;
  /** Makes the session when there is none. Throws WorldRefusal when there is no room. */
  setState(session: string, change: StateChange): SessionDetails | Refused;
  /** Those that a session has, in the order of the scenarios' names; of a session that nobody has used, the first rows. */
  collections(session: string): readonly CollectionSummary[];
  /** `scenario`: whose collection it is, where several have one of that name; null when that is plain. */
  collection(session: string, name: string, scenario: string | null): CollectionContent | Refused;
  /** Puts these rows in the place of all there are: all or none. Makes the session when there is none. Throws WorldRefusal when there is no room. */
  replaceRows(session: string, name: string, scenario: string | null, rows: GivenRows): CollectionSummary | Refused;
  /** Back to the first rows. Makes the session when there is none. Throws WorldRefusal when there is no room. */
  resetRows(session: string, name: string, scenario: string | null): CollectionSummary | Refused;
  clock(): ClockState;
  /** Null, and nothing has changed, when the time would be beyond the years 1 to 9999. */
  setClock(change: ClockChange): ClockState | null;
  /** Back to the beginning: counters, selections, the session's journal and reports. False when there was no such session. */
  resetSession(id: string): boolean | Promise<boolean>;
  /** Changes nothing. A string says why the request cannot be looked at (a malformed path, an unknown scenario in the prefix). */
  explain(request: ExplainRequest): Explanation | string | Promise<Explanation | string>;
  /** Whether clients made these calls, judged on what the journal keeps. `question`: as `POST /verify` takes it. */
  verify(question: unknown): Promise<VerifyAnswer | Refused>;
  /** What serves at present. */
  readonly plan: Plan;
  /** Every rule of every scenario, with how often it was used since the plan was taken over. */
  usedRules(): Iterable<UsedRule>;
  /** Hears of selections, reloads and changes of the clock from now on; exchanges come from the journal. Gives the way to stop. */
  subscribe(listener: (event: ControlEvent) => void): () => void;
}

export interface ServerInfo {
  readonly version: string;
  /** The base URL that clients use. */
  readonly url: string;
  readonly httpUrl: string | null;
  readonly startedAt: string;
  /** Names of those active for everybody. */
  readonly scenarios: readonly string[];
  /** Absolute path of the CA certificate; null when there is none. */
  readonly caFile: string | null;
}

export interface ScenarioItem {
  readonly name: string;
  readonly extends: string | null;
  readonly summary: string | null;
  readonly file: string;
  readonly active: boolean;
  /** Of the file as it stands on disk; while there are any, the last good text serves. */
  readonly mistakes: readonly PublishedMistake[];
}

export interface Selection {
  readonly scenario: string;
  /** The scenario whose place it takes; itself for a root. */
  readonly root: string;
  /** Null: for everybody. */
  readonly session: string | null;
}

export interface RouteItem {
  /** METHOD, space, base and path. */
  readonly route: string;
  readonly method: string;
  /** Base and path. */
  readonly path: string;
  readonly scenario: string;
  readonly active: boolean;
  readonly file: string;
  readonly line: number;
  /** Answers of its rules since the start, over all sessions. */
  readonly calls: number;
  readonly rules: readonly RuleItem[];
}

export interface RuleItem {
  readonly name: string | null;
  readonly file: string;
  readonly line: number;
  readonly calls: number;
}

/** Uploaded files and raw bodies that are wholly on disk. */
export interface Reports {
  /** Oldest first. */
  list(session: string | null): readonly StoredReport[];
  get(id: string): StoredReport | null;
  /** Entries of a zip; null when it is none. */
  zip(report: StoredReport): Promise<Part['zip']>;
}

/** What has been counted since the start, and what there is now. */
export interface ServerMetrics extends Measured {
  readonly sessions: number;
  /** Exchanges that the journal keeps. */
  readonly journalExchanges: number;
}

export interface SessionSummary {
  readonly id: string;
  readonly lastUsedAt: string;
  /** Root to the scenario selected for this session. */
  readonly selected: Readonly<Record<string, string>>;
}

export interface SessionDetails extends SessionSummary {
  /** Names of the scenarios that answer it when the request says nothing else. */
  readonly scenarios: readonly string[];
  readonly counters: readonly SessionCounter[];
  /** What its scenarios remember, by their roots; those that remember nothing are left out. */
  readonly memory: readonly RootMemory[];
  /** Of the only root that has one; absent when several have, or none. */
  readonly state?: string;
  /** Of the only root that declares any. */
  readonly vars?: Readonly<Record<string, Json>>;
}

/** What the scenarios of one root remember in a session. */
export interface RootMemory {
  readonly scenario: string;
  readonly state: string | null;
  readonly vars: Readonly<Record<string, Json>>;
  readonly collections: readonly { readonly name: string; readonly rows: number }[];
  readonly backups: readonly { readonly name: string; readonly collection: string; readonly rows: number }[];
}

/** What is to be set in a session; null: it stays. */
export interface StateChange {
  readonly state: string | null;
  readonly vars: Readonly<Record<string, Json>> | null;
  /** A scenario of the root that is meant; null: the only one that it can be. */
  readonly scenario: string | null;
}

export interface CollectionSummary {
  readonly name: string;
  /** The root whose scenarios share it. */
  readonly scenario: string;
  /** How many there are. */
  readonly rows: number;
  /** The name of the key field. */
  readonly key: string;
}

export interface CollectionContent extends CollectionSummary {
  /** In their order. */
  entries(): Iterable<readonly [key: string, row: Row]>;
  /** The fields that the scenario or the first rows tell of. */
  readonly columns: readonly string[];
}

/** Rows as a client sends them: values, or CSV text with a header line. */
export type GivenRows =
  | { readonly kind: 'values'; readonly values: readonly Json[] }
  | { readonly kind: 'csv'; readonly text: string };

/** Why something cannot be looked into or changed. */
export interface Refused {
  readonly refused: 400 | 404 | 422;
  /** What is wrong and how to mend it. */
  readonly detail: string;
  /** Names to choose from. */
  readonly scenarios?: readonly string[];
  readonly collections?: readonly string[];
  /** Of rows: every error of each. */
  readonly errors?: readonly RowError[];
}

export interface SessionCounter {
  /** METHOD, space, base and path. */
  readonly route: string;
  readonly scenario: string;
  readonly count: number;
}

export interface ExplainRequest {
  readonly method: string;
  /** Path and query, or a whole URL; may begin with a `/@scenario:session` prefix. */
  readonly url: string;
  /** Lower-case names; of repeated headers all values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer | null;
}

/** Which rule would answer a request, and why the others would not. */
export interface Explanation {
  readonly session: string;
  readonly scenario: string | null;
  /** The route that was found; null when none fits. */
  readonly route: string | null;
  readonly params: Readonly<Record<string, string>>;
  /** The rule that would answer; null when none would. */
  readonly rule: RuleReference | null;
  /** One or two sentences. */
  readonly reason: string;
  /** Of the rule's `expect`. */
  readonly violations: readonly Violation[];
  /** Every rule that was tried, in order, up to and with the one that would answer. */
  readonly tried: readonly TriedRule[];
  /** When none would answer: the nearest. */
  readonly nearest: readonly NearMiss[];
}

export interface TriedRule extends NearMiss {
  readonly matches: boolean;
}

export type ControlEvent =
  | { readonly name: 'selection'; readonly data: Selection }
  | { readonly name: 'reload'; readonly data: Reload }
  | { readonly name: 'clock'; readonly data: ClockState };

export interface Reload {
  readonly at: string;
  /** Whether the new text serves; otherwise the last good one still does. */
  readonly live: boolean;
  readonly scenarios: readonly string[];
  readonly mistakes: readonly PublishedMistake[];
}

/** Everything that `GET /events` tells. */
export type AdminEvent = ControlEvent | { readonly name: 'exchange'; readonly data: Exchange } | { readonly name: 'callback'; readonly data: RecordedCallback };
