import { need, type Answer, type Compiler, type ErrorReplies, type Facts, type ProblemFacts, type Reply } from '../model/index.ts';
import { compileReply } from '../replies/index.ts';
import { noFacts } from '../replies/no-facts.ts';
import type { ParsedReply } from './parse-file.ts';

/** What expressions under `errors` may use beside what they may use everywhere. */
export const errorNames: readonly string[] = ['status', 'reason'];

export interface ErrorReply {
  readonly reply: Reply;
  /** Whether the reply states its own status; otherwise the problem's is kept. */
  readonly ownStatus: boolean;
}

export function compileErrorReply(parsed: ParsedReply, compiler: Compiler): ErrorReply {
  return { reply: compileReply(parsed, compiler), ownStatus: parsed.status !== undefined || parsed.redirect !== undefined };
}

/** The replies of `errors:`, by status or `default`, in place of the server's own problem+json. Null when there are none. */
export function errorReplies(replies: ReadonlyMap<string, ErrorReply>): ErrorReplies | null {
  if (replies.size === 0) return null;
  return {
    render(problem, facts) {
      const found = replies.get(String(problem.status)) ?? replies.get('default');
      return found ? render(found, problem, facts) : null;
    },
  };
}

function render({ reply, ownStatus }: ErrorReply, problem: ProblemFacts, facts: Facts | null): Answer | Promise<Answer> | null {
  // Without a request nothing can be drawn: the server's own words answer then.
  if (!reply.fixed && !facts && (reply.needs & need.call) !== 0) return null;
  const answer = reply.fixed ?? reply.render(new ProblemView(facts ?? noFacts, problem));
  if (ownStatus) return answer;
  return answer instanceof Promise ? answer.then((made) => ({ ...made, status: problem.status })) : { ...answer, status: problem.status };
}

/** The facts of a request with a problem beside them. */
class ProblemView implements Facts {
  readonly #facts: Facts;
  readonly bound: Readonly<Record<string, unknown>>;
  readonly violations: Facts['violations'];

  constructor(facts: Facts, problem: ProblemFacts) {
    this.#facts = facts;
    this.bound = { ...facts.bound, status: problem.status, reason: problem.reason };
    this.violations = problem.violations;
  }

  get request(): Facts['request'] { return this.#facts.request; }
  get params(): Facts['params'] { return this.#facts.params; }
  get session(): string { return this.#facts.session; }
  get now(): number { return this.#facts.now; }
  get call(): number { return this.#facts.call; }
  count(counter: Parameters<Facts['count']>[0]): ReturnType<Facts['count']> { return this.#facts.count(counter); }
  random(label: string): ReturnType<Facts['random']> { return this.#facts.random(label); }
  report(idOrSha256: string): ReturnType<Facts['report']> { return this.#facts.report(idOrSha256); }
}
