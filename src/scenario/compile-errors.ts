import type { Answer, Compiler, ErrorReplies, Facts, ProblemFacts, Reply } from '../model/index.ts';
import { compileReply } from '../replies/index.ts';
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

function render({ reply, ownStatus }: ErrorReply, problem: ProblemFacts, facts: Facts): Answer | Promise<Answer> {
  const answer = reply.fixed ?? reply.render(facts);
  if (ownStatus) return answer;
  return answer instanceof Promise ? answer.then((made) => ({ ...made, status: problem.status })) : { ...answer, status: problem.status };
}
