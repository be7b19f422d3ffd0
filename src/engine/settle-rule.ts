import type { ActOutcome, Mismatch, Violation, WorldView } from '../model/index.ts';
import { decided, type Aside, type Decision, type Trying } from './decision.ts';
import type { LiveRoute, LiveRule } from './live-plan.ts';
import { keyText, type PassFacts } from './pass-facts.ts';
import { rateHeaders } from './rate-headers.ts';

const noViolations: readonly Violation[] = [];
const noHeaders: readonly string[] = [];

/** What the chosen rule does with a request, in this order: `auth`, `expect`, `once`, `do`, `respond`. */
export function settleRule(live: LiveRule, facts: PassFacts, view: WorldView, aside: Trying, route: LiveRoute): Decision {
  const { rule } = live;
  const stopped = refuseCaller(live, facts, aside) ?? (rule.expect ? refuseRequest(live, facts, aside) : null);
  if (stopped) return stopped;
  const violations = facts.violations.length > 0 ? facts.violations : noViolations;
  const once = rule.once ? onceKey(live, route, rule.once.evaluate(facts)) : null;
  const again = once !== null && view.kept(once) !== null;
  const headers = route.route.counters.length > 0 ? rateHeaders(route, facts) : aside.headers;
  const before = aside.changes;
  const outcome = rule.act === null || again ? done : change(live, facts, aside);
  if (outcome.kind === 'undone') return undone(live, outcome, facts, violations, headers, aside);
  const own = aside.changes === before ? null : aside.changes.at(-1)!;
  // A reply given again takes no place in the list.
  if (outcome.kind === 'done' && rule.replies.length > 1 && !again) aside.changes = [...aside.changes, { kind: 'count', key: live.answersKey }];
  const reply = outcome.kind === 'answer' ? outcome.reply : rule.replies[replyPosition(live, view)]!;
  const { changes, passed, pauseMs } = aside;
  // One literal: this is on the way of every request.
  return { kind: 'reply', live, facts, reply, violations, once, headers, own, callsBack: !again, changes, passed, pauseMs };
}

/** A rule tried ahead that has no reply: who calls, then its changes and its delay, and the request goes on. Null unless one of them stops it. */
export function passThrough(live: LiveRule, facts: PassFacts, aside: Aside): Decision | null {
  const denied = refuseCaller(live, facts, aside);
  if (denied) return denied;
  const outcome = live.rule.act === null ? done : change(live, facts, aside);
  if (outcome.kind === 'undone') return undone(live, outcome, facts, noViolations, noHeaders, aside);
  aside.passed = [...aside.passed, live];
  aside.pauseMs += live.rule.pause?.(facts) ?? 0;
  return null;
}

const done: ActOutcome = { kind: 'done' };

/** Changes that cannot be made are undone before the reply to that is rendered, and with them nothing else of the rule is committed. */
function change({ rule }: LiveRule, facts: PassFacts, aside: Aside): ActOutcome {
  const before = facts.draftSoFar;
  const draft = facts.beginDraft();
  const outcome = rule.act!.run(facts, draft);
  const changes = outcome.kind === 'undone' ? null : draft.changes();
  if (outcome.kind === 'undone') facts.goBackTo(before);
  if (changes) aside.changes = [...aside.changes, changes];
  return outcome;
}

function undone(live: LiveRule, { reply, problem }: Extract<ActOutcome, { kind: 'undone' }>, facts: PassFacts, violations: readonly Violation[], headers: readonly string[], aside: Aside): Decision {
  if (reply === null) return decided({ kind: 'undone', live, problem, facts, violations }, aside);
  return decided({ kind: 'reply', live, facts, reply, violations, once: null, headers, own: null, callsBack: false }, aside);
}

function refuseCaller(live: LiveRule, facts: PassFacts, aside: Aside): Decision | null {
  const { auth } = live.rule;
  facts.chosen();
  if (auth === null) return null;
  const verdict = auth.scheme.check(facts, auth.scope);
  if (verdict.kind === 'denied') return decided({ kind: 'denied', live, denial: verdict, facts }, aside);
  facts.caller = verdict.caller;
  return null;
}

/** Notes every way in which the request falls short; a verdict only where the rule is strict. */
function refuseRequest(live: LiveRule, facts: PassFacts, aside: Aside): Decision | null {
  const { expect, strict } = live.rule;
  if (expect === null || expect.holds(facts)) return null;
  const mismatches = expect.explain(facts);
  const broken = mismatches.find((mismatch) => mismatch.malformed);
  if (broken) throw broken.malformed;
  facts.violations = mismatches.map(({ at, expected, got, text }) => ({ at, expected, got, text }));
  return strict ? decided({ kind: 'refused', live, status: refusalStatus(mismatches), facts, violations: facts.violations }, aside) : null;
}

/** Of several violations, the status of the first that applies in this order. */
function refusalStatus(mismatches: readonly Mismatch[]): 400 | 413 | 415 | 422 {
  const statuses = new Set(mismatches.map((mismatch) => mismatch.status ?? 400));
  return ([413, 415, 400, 422] as const).find((status) => statuses.has(status)) ?? 400;
}

function replyPosition(live: LiveRule, view: WorldView): number {
  const { replies, repeat } = live.rule;
  if (replies.length === 1) return 0;
  const answered = view.count(live.answersKey);
  return repeat === 'cycle' ? answered % replies.length : Math.min(answered, replies.length - 1);
}

/** A request without the value (null or empty) is not held to `once`. */
function onceKey(live: LiveRule, route: LiveRoute, value: unknown): string | null {
  return value === null || value === undefined || value === '' ? null : `${route.counterKey}\nonce ${live.rule.index}\n${keyText(value)}`;
}
