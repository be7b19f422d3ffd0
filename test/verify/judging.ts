import type { CallInput } from '../../src/scenario/index.ts';
import type { Part, Plan, StoredReport } from '../../src/model/index.ts';
import { createJournal, type ExchangeDraft, type Journal } from '../../src/world/journal.ts';
import { uploadsByExchange } from '../../src/verify/uploads-of.ts';
import { verifyCalls, type VerifyAnswer } from '../../src/verify/verify-calls.ts';
import { body, draft } from '../admin/fake-control.ts';
import { planOf } from '../scenario/load.ts';

export const shop = `
scenario: shop
base: /shop
before:
  - { name: slow down, when: { headers: { x-slow: 1 } }, respond: { status: 429 } }
routes:
  GET /tasks: { respond: { json: [] } }
  GET /tasks/latest: { respond: {} }
  GET /tasks/{id}: { respond: {} }
  POST /tasks:
    - { name: refused, when: { json: { size: { min: 100 } } }, respond: { status: 413 } }
    - { name: taken, respond: { status: 201 } }
  POST /report: { respond: {} }
`;

export interface Sent {
  readonly method?: string;
  readonly url: string;
  readonly route?: string | null;
  readonly rule?: string | null;
  readonly status?: number | null;
  readonly session?: string;
  readonly json?: unknown;
  readonly text?: string | Buffer;
  readonly type?: string;
  readonly sizeBytes?: number;
  readonly headers?: readonly string[];
  readonly id?: string;
}

/** A journal with these exchanges in it, and a way to ask whether calls were made. */
export class Judging {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly reports: StoredReport[] = [];
  zip: (report: StoredReport) => Promise<Part['zip']> = async () => null;
  #sent = 0;

  private constructor(plan: Plan, journal: Journal) {
    this.plan = plan;
    this.journal = journal;
  }

  static async of(sent: readonly Sent[] = [], options: { readonly capacity?: number; readonly scenarios?: readonly string[] } = {}): Promise<Judging> {
    const judging = new Judging(await planOf(...(options.scenarios ?? [shop])), createJournal({ capacity: options.capacity ?? 1000 }));
    for (const one of sent) judging.send(one);
    return judging;
  }

  send({ method = 'GET', url, route, rule = null, status = 200, session = 'default', json, text, type = json === undefined ? undefined : 'application/json', sizeBytes, headers = [], id }: Sent): ExchangeDraft {
    const content = json === undefined ? text : JSON.stringify(json);
    const path = url.replace(/^\/@[^/]*/, '').split('?', 1)[0]!;
    const answered = route === undefined ? `${method} ${path}` : route;
    const captured = content === undefined ? null : { ...body(content, type ?? null), ...(sizeBytes !== undefined && { sizeBytes, sha256: 'f'.repeat(64) }) };
    return this.journal.record(draft({
      id: id ?? `e${(this.#sent += 1)}`, method, url, path, status, session, scenario: answered === null ? null : 'shop', rule: answered === null ? null : { route: answered, name: rule, file: 'a.yaml', line: 9 },
      requestHeaders: [...headers, ...(type === undefined ? [] : ['Content-Type', type])], requestBody: captured,
    }));
  }

  ask(calls: readonly CallInput[], options: { readonly order?: boolean; readonly session?: string } = {}): Promise<VerifyAnswer | readonly string[]> {
    return verifyCalls({ calls, ...options }, { plan: this.plan, journal: this.journal, uploads: uploadsByExchange({ list: () => this.reports, zip: (report) => this.zip(report) }) });
  }

  /** The sentences of what failed; an empty list when nothing did. */
  async failures(calls: readonly CallInput[], options: { readonly order?: boolean; readonly session?: string } = {}): Promise<readonly string[]> {
    const answer = await this.ask(calls, options);
    return 'passed' in answer ? answer.failures.map(({ text }) => text) : answer;
  }
}
