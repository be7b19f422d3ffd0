import type { IncomingMessage, ServerResponse } from 'node:http';
import { noBody, readRequest } from '../engine/read-request.ts';
import { Suspended, type Answer, type Request } from '../model/index.ts';
import { WorldRefusal } from '../world/session-memory-refusal.ts';
import { defaultSession } from '../world/worlds.ts';
import type { App } from './app.ts';
import type { OnceAnswer } from './answer-once.ts';
import { answerDenied, ownAnswer, problemOf, problemOfRendering, withoutNamesOf } from './own-answer.ts';
import { beginPass, Pass, type Arrival } from './pass.ts';
import { problemAnswer, type Problem } from './problem.ts';
import { quickAnswer, sendQuick } from './quick-answer.ts';
import { drain } from './receive/drain.ts';
import { ClientGone, Refusal } from './receive/refusal.ts';
import { receiveBody } from './receive/receive-body.ts';
import { recordExchange, recordQuick, type Outcome } from './record.ts';
import { renderCallbacks } from './render-callbacks.ts';
import { respond } from './respond/respond.ts';
import { settlePass, type ReplyDecision } from './settle-pass.ts';

/** One request is one pass: receive, match, decide, respond, record. Nothing runs back up. */
export function createHandler(app: App): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (isAdminUrl(request.url!)) return app.admin(request, response);
    const arrival: Arrival = { id: app.nextId(), request, response, startMs: app.elapsed() };
    try {
      const pass = beginPass(app, arrival);
      if ('problem' in pass) turnAway(app, arrival, pass.problem, pass.session);
      else if (!pass.head.bodied) proceed(app, pass, readRequest(pass, noBody), null);
      else receiveAndProceed(app, pass);
    } catch (error) {
      failSafely(app, arrival, error);
    }
  };
}

/** Uploads and other bodies: taken in whole, then the pass goes on. */
function receiveAndProceed(app: App, pass: Pass): void {
  const needs = (pass.found.kind === 'route' ? pass.found.route.needs : 0) | (pass.ahead?.needs ?? 0);
  receiveBody(pass.request, { needs, limits: app.limits, reports: app.reports, previews: app.journal.previews, exchange: pass.id, session: pass.session }).then(
    ({ body, preview }) => proceed(app, pass, readRequest(pass, body), preview),
    (error: unknown) => {
      if (error instanceof ClientGone) return recordExchange(app, pass, null, null, { note: error.message });
      if (!(error instanceof Refusal)) throw error;
      const request = readRequest(pass);
      return finish(app, pass, request, ownAnswer(app, pass, request, { status: error.status, detail: error.reason }, null), { note: error.reason }).then(() => (error.close ? hangUpPolitely(pass.request) : undefined));
    },
  ).catch((error: unknown) => failSafely(app, pass, error));
}

/** A client that is still sending would not see the answer if the connection were closed at once: what it sends is read for a while. */
async function hangUpPolitely(request: IncomingMessage): Promise<void> {
  if (!(await drain(request))) request.socket.destroy();
}

/** Match, decide and commit in one tick; then the answer. A fixed answer leaves in the same tick, too. */
function proceed(app: App, pass: Pass, request: Request, preview: Buffer | null, round = 0): void {
  const settled = settlePass(app, pass, request);
  if (settled instanceof Suspended) return settleLater(app, pass, comeBack(app, pass, request, preview, settled, round));
  const { decision, nearest } = settled;
  const { body } = request;
  for (const passed of decision.passed) passed.calls += 1;
  if (decision.kind === 'reply') return answerByRule(app, pass, request, decision, settled.made, { body, preview, violations: decision.violations, live: decision.live });
  const problem = problemOf(pass, decision, nearest);
  const facts = 'facts' in decision ? decision.facts : null;
  const answer = decision.kind === 'denied' && decision.denial.reply ? answerDenied(app, pass, request, decision, problem, decision.denial.reply) : ownAnswer(app, pass, request, problem, facts);
  const note = decision.kind === 'refused' || decision.kind === 'no-rule' ? null : problem.detail;
  const violations = 'violations' in decision ? decision.violations : nothing;
  settleLater(app, pass, finish(app, pass, request, answer, { body, preview, nearest, violations, live: 'live' in decision ? decision.live : null, note }, decision.pauseMs));
}

const nothing: readonly never[] = [];

/** How often a pass may be decided again for work that the last decision asked for. */
const mostRounds = 1000;

/** What had to be waited for is there, or has failed: everything is decided anew, since the world may have moved on. */
async function comeBack(app: App, pass: Pass, request: Request, preview: Buffer | null, { work }: Suspended, round: number): Promise<void> {
  await work;
  if (round >= mostRounds) throw new Error('A decision asked again and again for work to be done first');
  proceed(app, pass, request, preview, round + 1);
}

/** The chosen rule's reply: sent at once when it was made at load, otherwise rendered first. */
function answerByRule(app: App, pass: Pass, request: Request, decision: ReplyDecision, once: OnceAnswer | null, outcome: Outcome): void {
  const { live, reply, facts, pauseMs, headers } = decision;
  live.calls += 1;
  if (decision.callsBack && live.rule.callbacks.length > 0 && request.method !== 'HEAD') outcome.callbacks = renderCallbacks(live.rule.callbacks, facts, outcome);
  if (once !== null) {
    if ('problem' in once) outcome.note = once.problem.detail;
    const answer = 'problem' in once ? ownAnswer(app, pass, request, once.problem, facts) : renderSafely(app, pass, request, decision, outcome, once.answer);
    return settleLater(app, pass, finish(app, pass, request, answer, outcome, pauseMs, headers));
  }
  if (reply.fixed === null) return settleLater(app, pass, finish(app, pass, request, renderSafely(app, pass, request, decision, outcome), outcome, pauseMs, headers));
  const plain = !pass.head.conditional && request.method !== 'HEAD' && pauseMs === 0 && headers.length === 0 && outcome.callbacks === undefined;
  const quick = plain ? quickAnswer(reply.fixed) : null;
  if (quick) {
    sendQuick(quick, pass.response, pass.id, app.httpDate(pass.nowMs));
    recordQuick(app, pass, outcome, live, quick);
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
    date: () => app.httpDate(app.clock.now()),
    extraHeaders: [...withoutNamesOf(answer, extra), 'Rehearsal-Exchange', pass.id],
  });
  recordExchange(app, pass, answer, sent, outcome);
  for (const callback of outcome.callbacks ?? nothing) app.callBack(pass.id, callback);
}

/** What fails while a reply is rendered is answered in words, which the journal keeps too. */
async function renderSafely(app: App, pass: Pass, request: Request, decision: ReplyDecision, outcome: Outcome, answer?: Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await (answer ?? decision.reply.render(decision.facts));
  } catch (error) {
    const problem = problemOfRendering(error, decision.live.reference);
    outcome.note = problem.detail;
    return ownAnswer(app, pass, request, problem, decision.facts);
  }
}

function turnAway(app: App, arrival: Arrival, problem: Problem, session: string): void {
  const { id, request, response } = arrival;
  const answer = problemAnswer(problem, id, app.journalUrl(id));
  const pass = { ...arrival, session, nowMs: app.clock.now() };
  respond(response, readRequest({ id, method: request.method ?? 'GET', url: request.url ?? '/', rawHeaders: request.rawHeaders }), answer, {
    reset: () => app.resetConnection(request), wait: app.wait, closing: app.closing, date: () => app.httpDate(app.clock.now()), extraHeaders: ['Rehearsal-Exchange', id],
  }).then((sent) => recordExchange(app, pass, answer, sent, { note: problem.detail })).then(() => hangUpPolitely(request)).catch((error: unknown) => failSafely(app, arrival, error));
}

/** A fault of ours: the client gets a 500 without a stack, the log gets it whole, the server goes on. */
function failSafely(app: App, arrival: Arrival, error: unknown): void {
  const { id, response } = arrival;
  const session = arrival instanceof Pass ? arrival.session : defaultSession;
  if (error instanceof WorldRefusal && !response.headersSent && !response.destroyed) return turnAway(app, arrival, { status: 507, detail: error.message }, session);
  app.log.failure(id, error);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  turnAway(app, arrival, { status: 500, detail: 'The server failed to answer this request; its log says why' }, session);
}

function settleLater(app: App, pass: Pass, work: Promise<void>): void {
  work.catch((error: unknown) => failSafely(app, pass, error));
}

function isAdminUrl(url: string): boolean {
  return url.charCodeAt(1) === 95 && url.startsWith('/_rehearsal') && (url.length === 11 || url[11] === '/' || url[11] === '?');
}
