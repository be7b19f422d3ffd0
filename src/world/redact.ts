import type { NearMiss, Violation } from '../model/index.ts';
import type { Captured, ExchangeDraft } from './exchange-draft.ts';
import { createBodyRedactor } from './redact-body.ts';
import { redacted, redactUrl } from './redact-text.ts';
import { createSecretNames } from './secret-names.ts';

export { redacted } from './redact-text.ts';

/** What is secret beside what always is. */
export interface Secrets {
  readonly headers: readonly string[];
  /** Of query parameters, and of form and JSON values. */
  readonly names: readonly string[];
}

/** Takes secrets out of what is kept, shown or logged. What holds none is given back as it is, the same object. */
export interface Redactor {
  /** Everything of an exchange: headers, URL, bodies, and the words of its violations and near misses. */
  draft(draft: ExchangeDraft): ExchangeDraft;
  /** A URL, or any text with a query in it. */
  url(url: string): string;
  /** A sentence of a diagnosis, such as "query `token`: expected a, got b". */
  sentence(text: string): string;
}

/** Headers that are always secret, in lower case. */
export const alwaysSecret = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'] as const;
/** Headers that carry a URL, whose query may hold secrets. */
const urlHeaders = ['referer', 'location', 'content-location', 'refresh', 'link'] as const;

/** Shorter texts than this are not looked for in other texts: they would be found everywhere. */
const shortestSecret = 4;
const mostSecrets = 64;

/** A redactor that knows these headers and names of values as secret beside those that always are. */
export function createRedactor(secretHeaders: readonly string[], secretNames: readonly string[] = []): Redactor {
  const secret = new Set<string>([...alwaysSecret, ...secretHeaders.map((name) => name.toLowerCase())]);
  const suspects = createSuspects([...secret, ...urlHeaders]);
  const names = createSecretNames(secretNames);
  const redactBody = createBodyRedactor(names);
  const requestHeadersOf = unlessSeen(headers);
  const replyHeadersOf = unlessSeen(headers);

  function headers(flat: readonly string[], found: string[]): readonly string[] {
    let clean: string[] | null = null;
    for (let index = 0; index < flat.length; index += 2) {
      const name = flat[index]!;
      if (suspects[place(name)] !== 1) continue;
      const value = flat[index + 1] ?? '';
      const replaced = header(name.toLowerCase(), value);
      if (replaced === value) continue;
      found.push(value, value.replace(/^\w+\s+/, ''));
      (clean ??= [...flat])[index + 1] = replaced;
    }
    return clean ?? flat;
  }

  function header(name: string, value: string): string {
    if (secret.has(name)) return redacted;
    return (urlHeaders as readonly string[]).includes(name) ? redactUrl(value, names) : value;
  }

  function sentence(text: string): string {
    if (!text.includes(', got ')) return text;
    for (const [, quoted] of text.matchAll(/`([^`]{1,200})`/g)) {
      if (namesSecret(quoted!)) return text.replace(/, got .*$/s, `, got ${redacted}`);
    }
    return text;
  }

  /** Whether a place in a request, such as `query.token` or `$.user['password']`, is one of a secret. */
  function namesSecret(at: string): boolean {
    return at.split(/[.[\]'"/\s]+/).some((step) => step !== '' && (names.has(step) || secret.has(step.toLowerCase())));
  }

  function violation(given: Violation, found: readonly string[]): Violation {
    const text = without(sentence(given.text), found);
    if (namesSecret(given.at)) return { ...given, got: redacted, text: without(text, [given.got]) };
    const got = without(given.got, found);
    return got === given.got && text === given.text ? given : { ...given, got, text };
  }

  function nearMiss(given: NearMiss, found: readonly string[]): NearMiss {
    const because = given.because.map((reason) => without(sentence(reason), found));
    return because.every((reason, index) => reason === given.because[index]) ? given : { ...given, because };
  }

  return {
    url: (url) => redactUrl(url, names),
    sentence,
    draft(draft) {
      const found: string[] = [];
      const requestHeaders = requestHeadersOf(draft.requestHeaders, found);
      const replyHeaders = replyHeadersOf(draft.replyHeaders, found);
      const url = draft.url.includes('?') || draft.url.includes('//') || draft.url.includes('#') ? redactUrl(draft.url, names, found) : draft.url;
      const requestBody = draft.requestBody === null ? null : redactBody(draft.requestBody, draft.requestHeaders, found);
      const secrets = found.length === 0 ? found : worthLookingFor(found);
      let replyBody = draft.replyBody === null ? null : redactBody(draft.replyBody, draft.replyHeaders, null);
      const violations = draft.violations.length === 0 ? draft.violations : draft.violations.map((given) => violation(given, secrets));
      const nearest = draft.nearest.length === 0 ? draft.nearest : draft.nearest.map((given) => nearMiss(given, secrets));
      if (replyBody !== null && isProblem(replyBody)) replyBody = redactBody.problem(replyBody, secrets, sentence);
      const note = draft.note === null ? null : without(redactUrl(draft.note, names), secrets);
      const same = note === draft.note && requestHeaders === draft.requestHeaders && replyHeaders === draft.replyHeaders && url === draft.url
        && requestBody === draft.requestBody && replyBody === draft.replyBody && violations === draft.violations && nearest === draft.nearest;
      return same ? draft : { ...draft, requestHeaders, replyHeaders, url, requestBody, replyBody, violations, nearest, note };
    },
  };
}

type HeaderRedactor = (flat: readonly string[], found: string[]) => readonly string[];

/** A list that was without secrets the last time still is: exchanges that are alike share theirs. */
function unlessSeen(redact: HeaderRedactor): HeaderRedactor {
  let harmless: readonly string[] | null = null;
  return (flat, found) => {
    if (flat === harmless) return flat;
    const clean = redact(flat, found);
    if (clean === flat) harmless = flat;
    return clean;
  };
}

/** The server's own error: its diagnosis repeats what the client sent. */
function isProblem(body: Captured): boolean {
  return body.type !== null && body.type.startsWith('application/problem+json');
}

/** The text with these values taken out, as they are and as a message shows them. */
export function without(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const value of secrets) {
    if (value === '') continue;
    clean = clean.replaceAll(value, redacted);
    const shown = JSON.stringify(value).slice(1, -1);
    if (shown !== value) clean = clean.replaceAll(shown, redacted);
    // A message cuts long values: their beginning, up to the `…`, is a secret too.
    if (value.length > 40 && clean.includes('…')) clean = clean.replaceAll(new RegExp(`${escaped(value.slice(0, 24))}[^…]*…`, 'g'), redacted);
  }
  return clean;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function worthLookingFor(found: readonly string[]): readonly string[] {
  return [...new Set(found)].filter((value) => value.length >= shortestSecret && value !== redacted).toSorted((a, b) => b.length - a.length).slice(0, mostSecrets);
}

/** A table over length and first letter that tells at once that most header names are none of these. */
function createSuspects(names: readonly string[]): Uint8Array {
  const table = new Uint8Array(64 * 32);
  for (const name of names) if (name !== '') table[place(name)] = 1;
  return table;
}

/** Letters differ between upper and lower case in one bit, which the mask drops. */
function place(name: string): number {
  return ((name.length & 63) << 5) | (name.charCodeAt(0) & 31);
}
