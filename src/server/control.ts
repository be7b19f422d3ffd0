import type { PublishedMistake } from '../base/diagnostic.ts';
import type { Exchange, NearMiss, Part, RuleReference, StoredReport, Violation } from '../model/index.ts';
import type { Journal } from '../world/journal.ts';

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
  sessions(): readonly SessionSummary[];
  session(id: string): SessionDetails | null;
  /** Back to the beginning: counters, selections, the session's journal and reports. False when there was no such session. */
  resetSession(id: string): boolean | Promise<boolean>;
  /** Changes nothing. A string says why the request cannot be looked at (a malformed path, an unknown scenario in the prefix). */
  explain(request: ExplainRequest): Explanation | string | Promise<Explanation | string>;
  /** Hears of selections and reloads from now on; exchanges come from the journal. Gives the way to stop. */
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
  | { readonly name: 'reload'; readonly data: Reload };

export interface Reload {
  readonly at: string;
  /** Whether the new text serves; otherwise the last good one still does. */
  readonly live: boolean;
  readonly scenarios: readonly string[];
  readonly mistakes: readonly PublishedMistake[];
}

/** Everything that `GET /events` tells. */
export type AdminEvent = ControlEvent | { readonly name: 'exchange'; readonly data: Exchange };
