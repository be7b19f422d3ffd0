import { need, type CallExpectation, type StoredReport, type Part } from '../model/index.ts';
import type { ExchangeDraft } from '../world/journal.ts';
import type { Heads } from './differences.ts';
import { judgeMatch, type MatchVerdict } from './judge-match.ts';
import { NearestExchanges, type InsteadExchange } from './nearest-exchanges.ts';
import { RecordedBody } from './recorded-body.ts';
import { readParts, type Upload } from './recorded-parts.ts';

/** Where the uploads of an exchange are found again. */
export interface Uploads {
  /** Oldest first. */
  of(draft: ExchangeDraft): readonly StoredReport[];
  /** Entries of an archive; null when it is none. */
  zip(report: StoredReport): Promise<Part['zip']>;
}

/** When an exchange that fits came, for calls in an order. */
export interface Arrival {
  /** Rises from one request to the next that arrived after it. */
  readonly at: number;
  readonly id: string;
}

const mostArrivals = 10_000;
const mostSurplus = 5;

/** Counts the exchanges that fit an expected call, one after the other, and keeps what came nearest of the others. */
export class CallWatch {
  fits = 0;
  /** Those of which what is kept does not tell whether they fit. */
  unknown = 0;
  unknownBecause: string | null = null;
  readonly #nearest = new NearestExchanges();
  readonly #first: InsteadExchange[] = [];
  readonly #arrivals: Arrival[] = [];

  /** `at`: see {@link Arrival}. A promise where the content of an upload has to be looked at. */
  see(draft: ExchangeDraft, at: number, call: CallExpectation, heads: Heads, uploads: Uploads): Promise<void> | void {
    const { because, distance } = heads.compare(call, draft);
    if (because.length > 0) return this.#differs(call, draft, because, distance);
    const { match } = call;
    if (match === null) return this.#fits(draft, at);
    const judge = (given: readonly Upload[]): void => {
      const parts = readParts(draft, given);
      this.#judged(judgeMatch(match, draft, new RecordedBody(draft, parts), parts, heads.segmentsOf(call, draft)), draft, at, call);
    };
    const needs = match.matchers.reduce((sum, matcher) => sum | matcher.needs, 0);
    const reports = (needs & need.body) === 0 ? [] : uploads.of(draft);
    if (reports.length === 0 || (needs & need.zipEntries) === 0) return judge(reports.map((report) => ({ report, zip: undefined })));
    return Promise.all(reports.map(async (report): Promise<Upload> => ({ report, zip: await uploads.zip(report) }))).then(judge);
  }

  /** One exchange more that may fit or not. */
  cannotJudge(because: string): void {
    this.unknown += 1;
    this.unknownBecause ??= because;
  }

  /** What came nearest of those that do not fit. */
  get nearest(): readonly InsteadExchange[] {
    return this.#nearest.list();
  }

  /** The first of those that fit. */
  get first(): readonly InsteadExchange[] {
    return this.#first.map((exchange, index) => ({ ...exchange, because: [`it fits: ${index + 1} of ${this.fits}`] }));
  }

  /** The first that fits and arrived after this; null when none did. */
  firstAfter(at: number): Arrival | null {
    let found: Arrival | null = null;
    for (const arrival of this.#arrivals) if (arrival.at > at && (found === null || arrival.at < found.at)) found = arrival;
    return found;
  }

  #judged(verdict: MatchVerdict, draft: ExchangeDraft, at: number, call: CallExpectation): void {
    switch (verdict.kind) {
      case 'fits': return this.#fits(draft, at);
      case 'differs': return this.#differs(call, draft, verdict.mismatches.map(({ text }) => text), verdict.mismatches.reduce((sum, { nearness }) => sum + 1 - nearness, 0));
      case 'unknown':
        this.cannotJudge(verdict.because);
        this.#nearest.offer(draft, [`cannot be judged: ${verdict.because}`], 0);
    }
  }

  #fits(draft: ExchangeDraft, at: number): void {
    this.fits += 1;
    const { id, method, url, status } = draft;
    if (this.#first.length < mostSurplus) this.#first.push({ id, method, url, status, because: [] });
    // Past the bound the last place is the latest's: whether one came after another can still be told.
    if (this.#arrivals.length < mostArrivals) this.#arrivals.push({ at, id });
    else this.#arrivals[mostArrivals - 1] = { at, id };
  }

  #differs({ count }: CallExpectation, draft: ExchangeDraft, because: readonly string[], distance: number): void {
    if (count.min > 0) this.#nearest.offer(draft, because, distance);
  }
}
