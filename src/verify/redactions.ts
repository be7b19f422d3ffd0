import type { RecordedAsks } from '../model/index.ts';
import type { ExchangeDraft } from '../world/journal.ts';
import { redacted } from '../world/redact-text.ts';

/** Why matchers cannot be judged on what was redacted of a request; null when they ask for none of it. */
export function redactedOf(asks: RecordedAsks, draft: ExchangeDraft): string | null {
  for (const name of headersOf(draft)) if (asks.headers.has(name) || namedIn(asks.sources, name)) return `the header \`${name}\` is redacted`;
  for (const name of queryOf(draft)) if (asks.query.has(name) || namedIn(asks.sources, name)) return `the query value \`${name}\` is redacted`;
  const names = bodyOf(draft);
  if (names.length > 0 && asks.wholeBody) return `of its body \`${names[0]}\` is redacted`;
  for (const name of names) if (asks.body.has(name) || namedIn(asks.sources, name)) return `of its body \`${name}\` is redacted`;
  return null;
}

function namedIn(sources: readonly string[], name: string): boolean {
  return sources.some((source) => source.includes(name));
}

function headersOf({ requestHeaders }: ExchangeDraft): readonly string[] {
  const names: string[] = [];
  for (let index = 0; index + 1 < requestHeaders.length; index += 2) if (requestHeaders[index + 1]!.includes(redacted)) names.push(requestHeaders[index]!.toLowerCase());
  return names;
}

function queryOf({ url }: ExchangeDraft): readonly string[] {
  const query = url.split('?', 2)[1];
  return query === undefined || !query.includes(redacted) ? [] : namesOf(query);
}

const jsonPairs = /"((?:[^"\\]|\\.){1,200})"\s*:\s*"\[redacted\]"/g;
const partPairs = /\bname="([^"]{1,200})"[^\n]*\n(?:[^\r\n]+\r?\n){0,20}\r?\n\[redacted\]/g;

/** Names under which a value of the body was redacted: of JSON, a form or parts. */
function bodyOf({ requestBody }: ExchangeDraft): readonly string[] {
  if (requestBody === null || !requestBody.preview.includes(redacted)) return [];
  const text = requestBody.preview.toString('utf8');
  return [...[...text.matchAll(jsonPairs), ...text.matchAll(partPairs)].map(([, name]) => name!), ...namesOf(text)];
}

function namesOf(form: string): readonly string[] {
  return form.split('&').filter((pair) => pair.endsWith(`=${redacted}`)).map((pair) => decoded(pair.slice(0, pair.indexOf('='))));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
