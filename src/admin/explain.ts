import { isNumeric, stringifyJson } from '../base/json.ts';
import { gotWords } from '../shapes/index.ts';
import { readAddress } from '../engine/address.ts';
import type { ExplainRequest } from '../server/control.ts';
import { endpoint, json, jsonAnswer, type Endpoint } from './endpoint.ts';
import { refuseMistakes, requireMap, unknownKeys } from './fields.ts';
import { Refusal } from './refusal.ts';
import { ref } from './schemas.ts';

export const explain: readonly Endpoint[] = [
  endpoint({
    method: 'post', path: '/explain', operation: 'explain', summary: 'Which rule would answer a request, and why the others would not. Changes nothing.', body: ref('Explain'),
    answer: jsonAnswer('The rule, or the nearest ones.', ref('Explanation')), refusals: { 400: 'The body does not describe a request.' },
    async handle({ control, body }) {
      const explanation = await control.explain(readRequest(body));
      if (typeof explanation === 'string') throw new Refusal(400, explanation);
      return json(explanation);
    },
  }),
];

const known = ['method', 'url', 'headers', 'body', 'bodyBase64'];
const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
// eslint-disable-next-line no-control-regex -- control characters are what is refused
const valuePattern = /^[^\u0000-\u0008\u000a-\u001f\u007f]*$/;

/** The request that the body describes, all its mistakes found at once. */
export function readRequest(body: unknown): ExplainRequest {
  const given = requireMap(body);
  const mistakes = unknownKeys(given, known);
  const method = given['method'] ?? 'GET';
  if (typeof method !== 'string' || !tokenPattern.test(method)) mistakes.push(`\`method\`: expected a method such as GET, got ${gotWords(method)}`);
  const url = readUrl(given['url'], mistakes);
  const headers = readHeaders(given['headers'] ?? {}, mistakes);
  const bytes = readBody(given, headers, mistakes);
  refuseMistakes(mistakes);
  return { method: String(method).toUpperCase(), url, headers, body: bytes };
}

function readUrl(given: unknown, mistakes: string[]): string {
  if (given === undefined) mistakes.push('`url` is missing');
  else if (typeof given !== 'string' || !/^[\u0021-\u007e]{1,65536}$/.test(given)) mistakes.push(`\`url\`: expected a path or a URL, percent-encoded, got ${gotWords(given)}`);
  else {
    const address = readAddress(given);
    if (typeof address === 'string') mistakes.push(`\`url\`: ${address}`);
    return given;
  }
  return '/';
}

/** A map of names to a value or several, or a list of pairs as in the journal. */
function readHeaders(given: unknown, mistakes: string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  if (typeof given !== 'object' || given === null) {
    mistakes.push(`\`headers\`: expected a map of names to values, got ${gotWords(given)}`);
    return headers;
  }
  const pairs: readonly unknown[] = Array.isArray(given) ? given : Object.entries(given).flatMap(([name, value]) => (Array.isArray(value) ? value.map((one: unknown) => [name, one]) : [[name, value]]));
  for (const pair of pairs) {
    const [name, value] = Array.isArray(pair) && pair.length === 2 ? (pair as unknown[]) : [undefined, undefined];
    const text = isNumeric(value) ? String(value) : value;
    if (typeof name !== 'string' || !tokenPattern.test(name)) mistakes.push(`\`headers\`: expected the name of a header, got ${gotWords(name ?? pair)}`);
    else if (typeof text !== 'string' || !valuePattern.test(text)) mistakes.push(`\`headers.${name}\`: expected text on one line, got ${gotWords(value)}`);
    else headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), text.trim()]);
  }
  return headers;
}

/** Text goes as it is; any other value as JSON, with its media type when none is given. */
function readBody(given: Readonly<Record<string, unknown>>, headers: Map<string, string[]>, mistakes: string[]): Buffer | null {
  const { body, bodyBase64 } = given;
  if (bodyBase64 !== undefined) {
    if (body !== undefined) mistakes.push('`body` and `bodyBase64` cannot both stand');
    if (typeof bodyBase64 === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(bodyBase64)) return Buffer.from(bodyBase64, 'base64');
    mistakes.push(`\`bodyBase64\`: expected base64, got ${gotWords(bodyBase64)}`);
    return null;
  }
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (!headers.has('content-type')) headers.set('content-type', ['application/json']);
  return Buffer.from(stringifyJson(body), 'utf8');
}
