import type { Answer, Facts, Reply, Request } from '../../src/model/index.ts';
import { noFacts } from '../../src/replies/no-facts.ts';

/** The facts of a GET with these query parameters. */
export function factsOf(query: Readonly<Record<string, string>> = {}): Facts {
  const request: Request = { ...noFacts.request, query: new Map(Object.entries(query).map(([name, value]) => [name, [value]])) };
  return { ...noFacts, request };
}

export function bodyText(answer: Answer): string {
  return answer.body.kind === 'bytes' ? answer.body.bytes.toString() : answer.body.kind;
}

/** The body that a reply gives. */
export async function textOf(reply: Reply, facts: Facts = factsOf()): Promise<string> {
  return bodyText(reply.fixed ?? (await reply.render(facts)));
}
