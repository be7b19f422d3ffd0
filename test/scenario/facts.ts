import type { Answer, Facts, ProblemFacts, Reply, Request } from '../../src/model/index.ts';
import { noFacts } from '../../src/replies/no-facts.ts';

/** The facts of a GET with these query parameters. */
export function factsOf(query: Readonly<Record<string, string>> = {}): Facts {
  const request: Request = { ...noFacts.request, query: new Map(Object.entries(query).map(([name, value]) => [name, [value]])) };
  return { ...noFacts, request };
}

/** The same with a problem at hand, as replies under `errors` find it. */
export function problemFacts({ status, reason, violations }: ProblemFacts): Facts {
  return { ...factsOf(), bound: { status, reason }, violations };
}

export function bodyText(answer: Answer): string {
  return answer.body.kind === 'bytes' ? answer.body.bytes.toString() : answer.body.kind;
}

/** The body that a reply gives. */
export async function textOf(reply: Reply, facts: Facts = factsOf()): Promise<string> {
  return bodyText(reply.fixed ?? (await reply.render(facts)));
}
