import type { LastExchange, LiveRule } from '../engine/live-route.ts';
import type { Answer, CallbackRequest, NearMiss, ReceivedBody, Violation } from '../model/index.ts';
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
  /** What else a person should know; a reply that cannot be rendered adds it late. */
  note?: string | null;
  /** What is to be sent when the reply is. */
  callbacks?: readonly CallbackRequest[];
}

type Recorded = Pick<Pass, 'id' | 'nowMs' | 'startMs' | 'session' | 'request'> & Partial<Pick<Pass, 'head' | 'found'>>;

const nothing: readonly never[] = [];

/** Puts an exchange into the journal, and what a person should see at once on the console. */
export function recordExchange(app: App, pass: Recorded, answer: Answer | null, sent: Sent | null, outcome: Outcome): void {
  const reply = sent && sent.sizeBytes > 0 ? { preview: sent.preview, sizeBytes: sent.sizeBytes, sha256: sent.sha256, type: headerOf(sent.headers, 'content-type') } : null;
  keep(app, pass, outcome, sent?.status ?? null, answer?.fault ?? null, outcome.note ?? sent?.note ?? null, sent ? sent.headers.flat() : nothing, reply);
}

/** The same for an answer that was made at load: nothing is copied or hashed. One more that is like the last is kept as just that. */
export function recordQuick(app: App, pass: Pass, outcome: Outcome, live: LiveRule, quick: QuickAnswer): void {
  const { last } = live;
  if (last?.quick && last.quick.answer === quick && isLike(last, last.quick.kept, pass, outcome) && !app.log.tellsAll) {
    const { kept } = last.quick;
    const durationMs = app.elapsed() - pass.startMs;
    app.metrics.count(kept, durationMs, live, null);
    app.journal.repeat(kept, pass.id, pass.nowMs, durationMs);
    return;
  }
  const kept = keep(app, pass, outcome, quick.status, null, null, quick.headers, quick.captured);
  const { url, headers } = live.last!;
  // What fell short may hang on the state, not on the request: the next one need not fall short of it.
  if (quick.lasts && kept.requestBody === null && kept.violations.length === 0) live.last = { url, headers, quick: { answer: quick, kept } };
}

/** Whether an exchange differs from this one in no more than id, time and duration. */
function isLike(last: LastExchange, kept: ExchangeDraft, pass: Pass, outcome: Outcome): boolean {
  const { request, found } = pass;
  return request.url === last.url && pass.session === kept.session && request.method === kept.method && scenarioOf(found) === kept.scenario
    && outcome.violations!.length === 0 && !outcome.body!.present && areEqual(last.headers, request.rawHeaders);
}

/** One literal, all of one shape: this is on the way of every request. The log gets what the journal keeps, without secrets. */
function keep(app: App, pass: Recorded, outcome: Outcome, status: number | null, fault: string | null, note: string | null, replyHeaders: readonly string[], replyBody: Captured | null): ExchangeDraft {
  const { request, found, head } = pass;
  const live = outcome.live ?? null;
  const { url, headers } = live === null ? { url: request.url!, headers: request.rawHeaders } : shared(live, request.url!, request.rawHeaders);
  const path = head === undefined ? url : head.address.path;
  const draft: ExchangeDraft = {
    id: pass.id,
    atMs: pass.nowMs,
    session: pass.session,
    scenario: scenarioOf(found),
    method: request.method!,
    url,
    path: path === url ? url : path,
    status,
    durationMs: app.elapsed() - pass.startMs,
    rule: live === null ? null : live.reference,
    violations: outcome.violations ?? nothing,
    nearest: outcome.nearest ?? nothing,
    fault,
    note,
    requestHeaders: headers,
    requestBody: capturedBody(outcome, request),
    replyHeaders,
    replyBody,
  };
  app.metrics.count(draft, draft.durationMs, live, found !== undefined && found.kind === 'route' ? found.route.route.id : null);
  const kept = app.journal.record(draft);
  app.log.exchange(kept);
  return kept;
}

function scenarioOf(found: Pass['found'] | undefined): string | null {
  return found !== undefined && found.kind === 'route' ? found.route.scenario.name : null;
}

/**
 * What the journal keeps outlives the collector's quick rounds, which then cost more than the rest of the pass. A client that
 * asks again sends the same bytes again: the first of the equal ones is kept, and the others go at once.
 */
function shared(live: LiveRule, url: string, headers: readonly string[]): LastExchange {
  const { last } = live;
  const sameUrl = last?.url === url;
  const sameHeaders = last !== null && areEqual(last.headers, headers);
  if (sameUrl && sameHeaders) return last;
  return (live.last = { url: sameUrl ? last.url : url, headers: sameHeaders ? last.headers : headers, quick: null });
}

function areEqual(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index += 1) if (some[index] !== others[index]) return false;
  return true;
}

function capturedBody({ body, preview }: Outcome, request: Recorded['request']): Captured | null {
  if (body === undefined || !body.present) return preview && preview.length > 0 ? { preview, sizeBytes: preview.length, sha256: null, type: request.headers['content-type'] ?? null } : null;
  return { preview: preview ?? body.bytes?.subarray(0, previewBytes) ?? Buffer.alloc(0), sizeBytes: body.sizeBytes, sha256: body.sha256, type: request.headers['content-type'] ?? null };
}

function headerOf(headers: readonly (readonly [string, string])[], name: string): string | null {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? null;
}
