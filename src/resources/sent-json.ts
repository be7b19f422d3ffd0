import { isNumeric, type Json } from '../base/json.ts';
import { kindOf } from '../base/show.ts';
import type { ActOutcome, Request } from '../model/index.ts';
import { refused } from './json-answer.ts';

/** What a client sent as JSON, or why it is not taken. */
export type Sent<T> = { readonly kind: 'sent'; readonly value: T } | Extract<ActOutcome, { kind: 'undone' }>;

/** The body as JSON; 415 for another media type. May throw MalformedBody. */
export function sentJson({ body }: Request): Sent<Json> {
  const { json } = body;
  if (json !== undefined) return { kind: 'sent', value: json as Json };
  if (!body.present && body.mediaType === null) return refused(422, 'A row as JSON is needed, and the request has no body');
  if (!body.present) return refused(422, 'A row as JSON is needed, and the body is empty');
  return refused(415, `A row is sent as JSON: expected \`Content-Type: application/json\`, got ${body.mediaType ?? 'none'}`, { headers: ['Accept', 'application/json'] });
}

/** One row or part of one; 422 for anything but a map. */
export function sentMap(request: Request): Sent<Readonly<Record<string, Json>>> {
  const sent = sentJson(request);
  if (sent.kind !== 'sent') return sent;
  const { value } = sent;
  return isMap(value) ? { kind: 'sent', value } : refused(422, `A row is a map: expected a JSON object, got ${kindOf(value)}`);
}

const patchTypes = 'application/merge-patch+json, application/json';

/** A JSON Merge Patch (RFC 7396); 415 for other kinds of patch. */
export function sentPatch(request: Request): Sent<Readonly<Record<string, Json>>> {
  const { mediaType } = request.body;
  if (mediaType === 'application/json-patch+json') return refused(415, 'Rows are changed by a JSON Merge Patch (RFC 7396), not by a JSON Patch', { headers: ['Accept-Patch', patchTypes] });
  const sent = sentMap(request);
  return sent.kind === 'undone' && sent.problem.status === 415 ? { ...sent, problem: { ...sent.problem, headers: ['Accept-Patch', patchTypes] } } : sent;
}

export function isMap(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumeric(value);
}
