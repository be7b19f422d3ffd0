import { decide, type Decision } from '../engine/decide.ts';
import { settleDue } from '../engine/settle-due.ts';
import { ExpressionFailure, MalformedBody, Suspended, UploadMissing, type Answer, type Change, type NearMiss, type Request } from '../model/index.ts';
import { answerOnce, bodyIdentity, type OnceAnswer } from './answer-once.ts';
import type { App } from './app.ts';
import { nearestMisses } from './own-answer.ts';
import type { Pass } from './pass.ts';

export type ReplyDecision = Extract<Decision, { kind: 'reply' }>;

/** A decision whose changes are committed. */
export interface Settled {
  readonly decision: Decision;
  /** What the request came near to, when no rule takes it. */
  readonly nearest: readonly NearMiss[];
  /** The reply of a rule with `once` (the one that was kept, or the one that is kept from now on), or of one with changes, which was made before they were committed. */
  readonly made: OnceAnswer | null;
}

const none: readonly NearMiss[] = [];

/**
 * Decides and commits in one tick: two requests can never both take what there is one of. Decides again when the world has moved
 * on; gives what has to be waited for when that is not there yet. Throws WorldRefusal when a change cannot be kept.
 */
export function settlePass(app: App, pass: Pass, request: Request): Settled | Suspended {
  const { world } = pass;
  settleDue(world, pass.active.scenarios, pass.nowMs, app.dueFailed);
  const route = pass.found.kind === 'route' ? pass.found.route : null;
  try {
    for (;;) {
      const { version } = world;
      let decision = decide(route, pass.ahead, request, world, pass);
      const nearest = decision.kind === 'no-rule' ? nearestMisses(pass, request) : none;
      let once: Making | null = null;
      if (decision.kind === 'reply') {
        const made = decision.once !== null ? onceOf(pass, request, decision, decision.once) : madeFirst(decision);
        if (made !== null && 'failed' in made) decision = made.failed;
        else once = made;
      }
      const changes: readonly Change[] = once === null || once.keep === null ? decision.changes : [...decision.changes, once.keep];
      // HEAD is safe (RFC 9110 §9.2.1): it shows what GET would answer, counts, and changes nothing that is remembered.
      const lasting = request.method === 'HEAD' ? changes.filter(({ kind }) => kind !== 'memory' && kind !== 'keep') : changes;
      if (lasting.length > 0) {
        if (!world.commit(version, lasting)) continue;
        app.worldChanged();
      }
      if (changes.length > 0 && lasting === changes && 'facts' in decision) decision.facts.committed();
      return { decision, nearest, made: once === null ? null : once.begin() };
    }
  } catch (error) {
    if (error instanceof Suspended) return error;
    throw error;
  }
}

/** A reply that is made in this tick, or begun in it: what of it is committed with the rule's changes, and how it goes on when they are. */
interface Making {
  readonly keep: Change | null;
  begin(): OnceAnswer;
}

interface Failed {
  readonly failed: Decision;
}

/**
 * The reply of a rule with `once` and changes is made before they are committed, and kept with them in one step: a client that
 * asks again, even after the server was killed, gets it and changes nothing more. One that cannot be made changes nothing.
 */
function onceOf(pass: Pass, request: Request, decision: ReplyDecision, key: string): Making | Failed {
  const { reply, facts, live } = decision;
  const begin = (render: () => Answer | Promise<Answer>) => (): OnceAnswer => answerOnce(pass.world, key, request, render);
  if (live.rule.act === null || pass.world.kept(key) !== null) return { keep: null, begin: begin(() => reply.fixed ?? reply.render(facts)) };
  return making(decision, (answer) => {
    if (answer instanceof Promise || answer.wire.length > 0 || (answer.body.kind !== 'none' && answer.body.kind !== 'bytes')) return { keep: null, begin: begin(() => answer) };
    return { keep: { kind: 'keep', key, reply: { bodySha256: bodyIdentity(request.body), answer } }, begin: () => ({ answer }) };
  });
}

/** A rule's changes and its reply are one: the reply to changes is made before they are committed. Null where there are none, or nothing of it can fail. */
function madeFirst(decision: ReplyDecision): Making | Failed | null {
  if (decision.own === null || decision.reply.fixed !== null) return null;
  return making(decision, (answer) => ({ keep: null, begin: () => ({ answer }) }));
}

/** What the reply comes to. Where it cannot be made, nothing of the rule is changed. */
function making(decision: ReplyDecision, done: (answer: Answer | Promise<Answer>) => Making): Making | Failed {
  const { live, reply, facts, violations, own, changes, passed, pauseMs } = decision;
  try {
    const answer = reply.fixed ?? reply.render(facts);
    // Nobody waits for it when the changes cannot be kept.
    if (answer instanceof Promise) answer.catch(() => undefined);
    return done(answer);
  } catch (error) {
    const aside = { changes: changes.filter((change) => change !== own), passed, pauseMs };
    if (error instanceof ExpressionFailure) return { failed: { kind: 'failed', live, failure: error, violations, ...aside } };
    if (error instanceof MalformedBody) return { failed: { kind: 'malformed', reason: error.message, expected: error.expected, ...aside } };
    if (error instanceof UploadMissing) return { failed: { kind: 'undone', live, problem: { status: 404, detail: error.message }, facts, violations, ...aside } };
    throw error;
  }
}
