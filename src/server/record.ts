import type { LiveRule } from '../engine/live-plan.ts';
import type { Answer, NearMiss, ReceivedBody, Violation } from '../model/index.ts';
import { previewBytes, type Captured, type ExchangeDraft } from '../world/journal.ts';
import type { App } from './app.ts';
import type { Pass } from './pass.ts';
import type { QuickAnswer } from './quick-answer.ts';
import type { Sent } from './respond/respond.ts';

/** What a pass came to, beside the answer. */
export interface Outcome {
  readonly body?: ReceivedBody;
  /** The first bytes of the request's body as they came. */
  readonly preview?: Buffer | null;
  readonly violations?: readonly Violation[];
  readonly nearest?: readonly NearMiss[];
  readonly live?: LiveRule | null;
  readonly note?: string | null;
}

type Recorded = Pick<Pass, 'id' | 'atMs' | 'startMs' | 'session' | 'request'> & Partial<Pick<Pass, 'head' | 'found'>>;

const nothing: readonly never[] = [];

/** Puts an exchange into the journal, and what a person should see at once on the console. */
export function recordExchange(app: App, pass: Recorded, answer: Answer | null, sent: Sent | null, outcome: Outcome): void {
  const note = outcome.note ?? sent?.note ?? null;
  keep(app, {
    ...common(app, pass, outcome),
    status: sent?.status ?? null,
    fault: answer?.fault ?? null,
    note,
    replyHeaders: sent ? sent.headers.flat() : nothing,
    replyBody: sent && sent.sizeBytes > 0 ? { preview: sent.preview, sizeBytes: sent.sizeBytes, sha256: sent.sha256, type: headerOf(sent.headers, 'content-type') } : null,
  });
}

/** The same for an answer that was made at load: nothing is copied or hashed. */
export function recordQuick(app: App, pass: Recorded, outcome: Outcome, quick: QuickAnswer, headers: readonly string[]): void {
  keep(app, { ...common(app, pass, outcome), status: quick.status, fault: null, note: null, replyHeaders: headers, replyBody: quick.captured });
}

/** The log gets what the journal keeps: without secrets. */
function keep(app: App, draft: ExchangeDraft): void {
  app.log.exchange(app.journal.record(draft));
}

function common(app: App, pass: Recorded, outcome: Outcome): Omit<ExchangeDraft, 'status' | 'fault' | 'note' | 'replyHeaders' | 'replyBody'> {
  const url = pass.request.url ?? '';
  const live = outcome.live ?? null;
  return {
    id: pass.id,
    atMs: pass.atMs,
    session: pass.session,
    scenario: pass.found?.kind === 'route' ? pass.found.route.scenario.name : null,
    method: pass.request.method ?? '',
    url,
    path: pass.head ? pass.head.address.path : url,
    durationMs: app.elapsed() - pass.startMs,
    rule: live ? live.reference : null,
    violations: outcome.violations ?? nothing,
    nearest: outcome.nearest ?? nothing,
    requestHeaders: pass.request.rawHeaders,
    requestBody: capturedBody(outcome, pass),
  };
}

function capturedBody({ body, preview }: Outcome, pass: Recorded): Captured | null {
  if (!body?.present) return preview && preview.length > 0 ? { preview, sizeBytes: preview.length, sha256: null, type: pass.request.headers['content-type'] ?? null } : null;
  return { preview: preview ?? body.bytes?.subarray(0, previewBytes) ?? Buffer.alloc(0), sizeBytes: body.sizeBytes, sha256: body.sha256, type: pass.request.headers['content-type'] ?? null };
}

function headerOf(headers: readonly (readonly [string, string])[], name: string): string | null {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? null;
}
