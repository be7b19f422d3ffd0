import { STATUS_CODES } from 'node:http';
import { stringifyJson } from '../base/json.ts';
import type { Answer, NearMiss, Violation } from '../model/index.ts';

/** An answer of the server's own: what went wrong, for the client and for the journal. */
export interface Problem {
  readonly status: number;
  /** One or two sentences: what is wrong and how to mend it. */
  readonly detail: string;
  readonly violations?: readonly Violation[];
  readonly nearest?: readonly NearMiss[];
  /** Header names and values that belong to the status: `Allow`, `Retry-After`. */
  readonly headers?: readonly string[];
  /** Further members of the document. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The problem as `application/problem+json` (RFC 9457). `journalUrl` leads to the exchange. */
export function problemAnswer(problem: Problem, exchange: string, journalUrl: string | null): Answer {
  const { status, detail, violations, nearest, headers = [], more } = problem;
  const document = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...more,
    ...(violations && violations.length > 0 && { violations }),
    ...(nearest && { nearest }),
    exchange,
    ...(journalUrl !== null && { journal: journalUrl }),
  };
  return {
    status,
    headers: ['Content-Type', 'application/problem+json', 'Cache-Control', 'no-store', ...headers],
    body: { kind: 'bytes', bytes: Buffer.from(`${stringifyJson(document, 2)}\n`), representation: null },
    wire: [],
    encodings: [],
    fault: null,
  };
}
