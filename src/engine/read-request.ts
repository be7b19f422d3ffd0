import type { Multi, ReceivedBody, Request } from '../model/index.ts';
import { noBody } from './received-body.ts';
import { escapeRawBytes, splitPath } from './split-path.ts';
import { decodeEscapes, parseUrlEncoded } from './url-encoded.ts';

export { bodyFromBytes, noBody, type BodySource } from './received-body.ts';
export { splitPath, type PathProblem } from './split-path.ts';

/** The head of a request as the server received it. */
export interface RequestHead {
  readonly id: string;
  readonly method: string;
  /** Path and query, without a `/@scenario:session` prefix. */
  readonly url: string;
  /** That prefix; empty when there is none. */
  readonly prefix?: string;
  /** Name, value, name, value …, as Node gives them. */
  readonly rawHeaders: readonly string[];
  /** What `splitPath` gave, when it has been asked already. */
  readonly segments?: readonly string[] | undefined;
}

/** A request over its head: nothing is worked out before it is read. A path that is refused must have been turned away before. */
export function readRequest(head: RequestHead, body: ReceivedBody = noBody): Request {
  return new ReceivedRequest(head, body);
}

const maxCookies = 1000;
const empty: Multi = new Map();

class ReceivedRequest implements Request {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly prefix: string;
  readonly body: ReceivedBody;
  readonly #rawHeaders: readonly string[];
  #path: string | undefined;
  #segments: readonly string[] | undefined;
  #query: Multi | undefined;
  #headers: Multi | undefined;
  #cookies: Multi | undefined;

  constructor(head: RequestHead, body: ReceivedBody) {
    this.id = head.id;
    this.method = head.method;
    this.url = head.url;
    this.prefix = head.prefix ?? '';
    this.body = body;
    this.#rawHeaders = head.rawHeaders;
    this.#segments = head.segments;
  }

  get path(): string {
    if (this.#path === undefined) {
      const end = this.url.indexOf('?');
      this.#path = end === -1 ? this.url : this.url.slice(0, end);
    }
    return this.#path;
  }

  get segments(): readonly string[] {
    if (this.#segments === undefined) {
      const split = splitPath(this.path);
      if (!Array.isArray(split)) throw new Error(split.reason);
      this.#segments = split;
    }
    return this.#segments;
  }

  get query(): Multi {
    if (this.#query === undefined) {
      const start = this.url.indexOf('?');
      this.#query = start === -1 ? empty : parseUrlEncoded(escapeRawBytes(this.url.slice(start + 1))).values;
    }
    return this.#query;
  }

  get headers(): Multi {
    return (this.#headers ??= collectHeaders(this.#rawHeaders));
  }

  get cookies(): Multi {
    if (this.#cookies === undefined) {
      const sent = this.headers.get('cookie');
      this.#cookies = sent === undefined ? empty : parseCookies(sent.join(';'));
    }
    return this.#cookies;
  }
}

function collectHeaders(raw: readonly string[]): Multi {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    const known = headers.get(name);
    if (known) known.push(raw[index + 1]!);
    else headers.set(name, [raw[index + 1]!]);
  }
  return headers;
}

/** Cookies of a request (RFC 6265 §5.4). Quotes around a value are not part of it; percent-escapes are read, as clients write them. */
function parseCookies(text: string): Multi {
  const cookies = new Map<string, string[]>();
  for (const pair of text.split(';', maxCookies)) {
    const equals = pair.indexOf('=');
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    if (name === '') continue;
    let value = pair.slice(equals + 1).trim();
    if (value.length >= 2 && value.startsWith('"') && value.endsWith('"')) value = value.slice(1, -1);
    const known = cookies.get(name);
    const decoded = decodeEscapes(escapeRawBytes(value));
    if (known) known.push(decoded);
    else cookies.set(name, [decoded]);
  }
  return cookies;
}
