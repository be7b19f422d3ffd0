import type { IncomingMessage, ServerResponse } from 'node:http';
import { decide, type Decision } from '../engine/decide.ts';
import type { PassContext } from '../engine/pass-facts.ts';
import { noBody, readRequest } from '../engine/read-request.ts';
import type { Answer, NearMiss, ReceivedBody, Request } from '../model/index.ts';
import { defaultSession } from '../world/worlds.ts';
import type { App } from './app.ts';
import { answerOnce } from './answer-once.ts';
import { nearestMisses, ownAnswer, problemOf, problemOfRendering, withoutNamesOf } from './own-answer.ts';
import { beginPass, type Pass } from './pass.ts';
import { problemAnswer, type Problem } from './problem.ts';
import { quickAnswer, sendQuick } from './quick-answer.ts';
import { drain } from './receive/drain.ts';
import { ClientGone, Refusal } from './receive/refusal.ts';
import { receiveBody } from './receive/receive-body.ts';
import { recordExchange, recordQuick, type Outcome } from './record.ts';
import { respond } from './respond/respond.ts';

/** One request is one pass: receive, match, decide, respond, record. Nothing runs back up. */
export function createHandler(app: App): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (isAdminUrl(request.url!)) return app.admin(request, response);
    const id = app.nextId();
    const startMs = app.elapsed();
    try {
      const pass = beginPass(app, request, response, id, startMs);
      if ('problem' in pass) turnAway(app, request, response, id, startMs, pass.problem, pass.session);
      else if (!pass.head.bodied) proceed(app, pass, noBody, null);
      else receiveAndProceed(app, pass);
    } catch (error) {
      failSafely(app, request, response, id, startMs, error);
    }
  };
}

/** Uploads and other bodies: taken in whole, then the pass goes on. */
function receiveAndProceed(app: App, pass: Pass): void {
  const needs = (pass.found.kind === 'route' ? pass.found.route.needs : 0) | (pass.ahead?.needs ?? 0);
  receiveBody(pass.request, { needs, limits: app.limits, reports: app.reports, exchange: pass.id, session: pass.session }).then(
    ({ body, preview }) => proceed(app, pass, body, preview),
    (error: unknown) => {
      if (error instanceof ClientGone) return recordExchange(app, pass, null, null, { note: error.message });
      if (!(error instanceof Refusal)) throw error;
      const request = readRequest(pass.requestHead);
      return finish(app, pass, request, ownAnswer(app, pass, request, { status: error.status, detail: error.reason }, null), { note: error.reason }).then(() => (error.close ? hangUpPolitely(pass.request) : undefined));
    },
  ).catch((error: unknown) => failSafely(app, pass.request, pass.response, pass.id, pass.startMs, error));
}

/** A client that is still sending would not see the answer if the connection were closed at once: what it sends is read for a while. */
async function hangUpPolitely(request: IncomingMessage): Promise<void> {
  if (!(await drain(request))) request.socket.destroy();
}

/** Match, decide and commit in one tick; then the answer. A fixed answer leaves in the same tick, too. */
function proceed(app: App, pass: Pass, body: ReceivedBody, preview: Buffer | null): void {
  const request = readRequest(pass.requestHead, body);
  const context: PassContext = { session: pass.session, nowMs: pass.atMs, seed: app.seed, report: (idOrSha256) => app.reports.find(idOrSha256, pass.session) };
  const route = pass.found.kind === 'route' ? pass.found.route : null;
  let decision: Decision;
  let nearest: readonly NearMiss[] = [];
  let version: number;
  do {
    version = pass.world.version;
    decision = decide(route, pass.ahead, request, pass.world, context);
    if (decision.kind === 'no-rule') nearest = nearestMisses(pass, request, context);
  } while (decision.changes.length > 0 && !pass.world.commit(version, decision.changes));
  if (decision.changes.length > 0) app.worldChanged();
  for (const passed of decision.passed) passed.calls += 1;

  if (decision.kind === 'reply') return answerByRule(app, pass, request, decision, { body, preview, violations: decision.violations, live: decision.live });
  const refused = decision.kind === 'refused' ? decision : null;
  const problem = problemOf(pass, decision, nearest);
  const answer = ownAnswer(app, pass, request, problem, refused?.facts ?? null);
  const note = decision.kind === 'malformed' || decision.kind === 'failed' ? problem.detail : null;
  const outcome: Outcome = { body, preview, nearest, violations: refused?.violations ?? [], live: 'live' in decision ? decision.live : null, note };
  settleLater(app, pass, finish(app, pass, request, answer, outcome, decision.pauseMs));
}

/** The chosen rule's reply: sent at once when it was made at load, otherwise rendered first. */
function answerByRule(app: App, pass: Pass, request: Request, decision: Extract<Decision, { kind: 'reply' }>, outcome: Outcome): void {
  const { live, reply, facts, pauseMs, headers } = decision;
  live.calls += 1;
  if (decision.once !== null) {
    const kept = answerOnce(pass.world, decision.once, request, () => reply.fixed ?? reply.render(facts));
    if ('problem' in kept) outcome.note = kept.problem.detail;
    const answer = 'problem' in kept ? ownAnswer(app, pass, request, kept.problem, facts) : renderSafely(app, pass, request, decision, outcome, kept.answer);
    return settleLater(app, pass, finish(app, pass, request, answer, outcome, pauseMs, headers));
  }
  if (reply.fixed === null) return settleLater(app, pass, finish(app, pass, request, renderSafely(app, pass, request, decision, outcome), outcome, pauseMs, headers));
  const plain = !pass.head.conditional && request.method !== 'HEAD' && pauseMs === 0 && headers.length === 0;
  const quick = plain ? quickAnswer(reply.fixed) : null;
  if (quick) {
    sendQuick(quick, pass.response, pass.id);
    recordQuick(app, pass, outcome, quick);
  }
  else settleLater(app, pass, finish(app, pass, request, reply.fixed, outcome, pauseMs, headers));
}

/** Respond, then record: the only way to the socket beside the quick one. */
async function finish(app: App, pass: Pass, request: Request, answerOrPromise: Answer | Promise<Answer>, outcome: Outcome, pauseMs = 0, extra: readonly string[] = []): Promise<void> {
  const answer = await answerOrPromise;
  const sent = await respond(pass.response, request, pauseMs > 0 ? { ...answer, wire: [{ kind: 'delay', ms: pauseMs }, ...answer.wire] } : answer, {
    reset: () => app.resetConnection(pass.request),
    wait: app.wait,
    closing: app.closing,
    extraHeaders: [...withoutNamesOf(answer, extra), 'Rehearsal-Exchange', pass.id],
  });
  recordExchange(app, pass, answer, sent, outcome);
}

/** What fails while a reply is rendered is answered in words, which the journal keeps too. */
async function renderSafely(app: App, pass: Pass, request: Request, decision: Extract<Decision, { kind: 'reply' }>, outcome: Outcome, answer?: Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await (answer ?? decision.reply.render(decision.facts));
  } catch (error) {
    const problem = problemOfRendering(error, decision.live.reference);
    outcome.note = problem.detail;
    return ownAnswer(app, pass, request, problem, decision.facts);
  }
}

function turnAway(app: App, request: IncomingMessage, response: ServerResponse, id: string, startMs: number, problem: Problem, session: string): void {
  const answer = problemAnswer(problem, id, app.journalUrl(id));
  const pass = { id, request, response, startMs, session, atMs: app.clock.now() };
  respond(response, readRequest({ id, method: request.method ?? 'GET', url: request.url ?? '/', rawHeaders: request.rawHeaders }), answer, {
    reset: () => app.resetConnection(request), wait: app.wait, closing: app.closing, extraHeaders: ['Rehearsal-Exchange', id],
  }).then((sent) => recordExchange(app, pass, answer, sent, { note: problem.detail })).then(() => hangUpPolitely(request)).catch((error: unknown) => failSafely(app, request, response, id, startMs, error));
}

/** A fault of ours: the client gets a 500 without a stack, the log gets it whole, the server goes on. */
function failSafely(app: App, request: IncomingMessage, response: ServerResponse, id: string, startMs: number, error: unknown): void {
  app.log.failure(id, error);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  turnAway(app, request, response, id, startMs, { status: 500, detail: 'The server failed to answer this request; its log says why' }, defaultSession);
}

function settleLater(app: App, pass: Pass, work: Promise<void>): void {
  work.catch((error: unknown) => failSafely(app, pass.request, pass.response, pass.id, pass.startMs, error));
}

function isAdminUrl(url: string): boolean {
  return url.charCodeAt(1) === 95 && url.startsWith('/_rehearsal') && (url.length === 11 || url[11] === '/' || url[11] === '?');
}
