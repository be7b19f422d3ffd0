import { createHash } from 'node:crypto';
import type { Answer, KeptReply, ReceivedBody, Request, World } from '../model/index.ts';
import type { Problem } from './problem.ts';

export type OnceAnswer = { readonly answer: Answer | Promise<Answer> } | { readonly problem: Problem };

/**
 * The reply that was kept for this value of `once`, or a new one, which is kept from the moment that it is begun: of two
 * requests with one value at the same time, the second gets the first's reply. A reply that fails is not kept.
 */
export function answerOnce(world: World, key: string, request: Request, render: () => Answer | Promise<Answer>): OnceAnswer {
  const kept = world.kept(key);
  const bodySha256 = bodyIdentity(request.body);
  if (kept) {
    if (kept.bodySha256 === bodySha256) return { answer: kept.answer };
    return { problem: { status: 422, detail: 'This idempotency value came before with another body: send the same body again, or a new value' } };
  }
  const answer = renderLater(render);
  const reply: KeptReply = { bodySha256, answer };
  world.keep(key, reply);
  answer.catch(() => {
    if (world.kept(key) === reply) world.drop(key);
  });
  return { answer };
}

async function renderLater(render: () => Answer | Promise<Answer>): Promise<Answer> {
  return render();
}

/** A client that sends a form again draws a new boundary: its body is the same when its parts are. */
export function bodyIdentity(body: ReceivedBody): string {
  if (body.parts === null) return body.sha256;
  return createHash('sha256').update(JSON.stringify(body.parts.map(({ name, filename, type, sha256 }) => [name, filename, type, sha256]))).digest('hex');
}
