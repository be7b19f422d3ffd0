import type { LiveRule } from '../engine/live-plan.ts';
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

/** The same for an answer that was made at load: nothing is copied or hashed. */
export function recordQuick(app: App, pass: Recorded, outcome: Outcome, quick: QuickAnswer): void {
  keep(app, pass, outcome, quick.status, null, null, quick.headers, quick.captured);
}

/** One literal, all of one shape: this is on the way of every request. The log gets what the journal keeps, without secrets. */
function keep(app: App, pass: Recorded, outcome: Outcome, status: number | null, fault: string | null, note: string | null, replyHeaders: readonly string[], replyBody: Captured | null): void {
  const { request, found, head } = pass;
  const live = outcome.live ?? null;
  const url = live === null ? request.url! : sharedUrl(live, request.url!);
  const path = head === undefined ? url : head.address.path;
  const draft: ExchangeDraft = {
    id: pass.id,
    atMs: pass.nowMs,
    session: pass.session,
    scenario: found !== undefined && found.kind === 'route' ? found.route.scenario.name : null,
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
    requestHeaders: live === null ? request.rawHeaders : sharedHeaders(live, request.rawHeaders),
    requestBody: capturedBody(outcome, request),
    replyHeaders,
    replyBody,
  };
  app.metrics.count(draft, live, found !== undefined && found.kind === 'route' ? found.route.route.id : null);
  app.log.exchange(app.journal.record(draft));
}

/**
 * What the journal keeps outlives the collector's quick rounds, which then cost more than the rest of the pass. A client that
 * asks again sends the same bytes again: the first of the equal ones is kept, and the others go at once.
 */
function sharedUrl(live: LiveRule, url: string): string {
  return live.lastUrl === url ? live.lastUrl : (live.lastUrl = url);
}

function sharedHeaders(live: LiveRule, headers: readonly string[]): readonly string[] {
  const last = live.lastHeaders;
  if (last.length !== headers.length) return (live.lastHeaders = headers);
  for (let index = 0; index < headers.length; index += 1) if (last[index] !== headers[index]) return (live.lastHeaders = headers);
  return last;
}

function capturedBody({ body, preview }: Outcome, request: Recorded['request']): Captured | null {
  if (body === undefined || !body.present) return preview && preview.length > 0 ? { preview, sizeBytes: preview.length, sha256: null, type: request.headers['content-type'] ?? null } : null;
  return { preview: preview ?? body.bytes?.subarray(0, previewBytes) ?? Buffer.alloc(0), sizeBytes: body.sizeBytes, sha256: body.sha256, type: request.headers['content-type'] ?? null };
}

function headerOf(headers: readonly (readonly [string, string])[], name: string): string | null {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? null;
}
