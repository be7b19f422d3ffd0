import { STATUS_CODES } from 'node:http';
import type { Refused } from '../server/control.ts';

/** An error of the admin API: becomes `application/problem+json` (RFC 9457). */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the document. */
  readonly more: Readonly<Record<string, unknown>>;

  /** `detail`: what is wrong and how to mend it. */
  constructor(status: number, detail: string, options: { headers?: Readonly<Record<string, string>>; more?: Readonly<Record<string, unknown>> } = {}) {
    super(detail);
    this.name = 'Refusal';
    this.status = status;
    this.headers = options.headers ?? {};
    this.more = options.more ?? {};
  }

  document(): Readonly<Record<string, unknown>> {
    return { type: 'about:blank', title: STATUS_CODES[this.status] ?? 'Error', status: this.status, detail: this.message, ...this.more };
  }
}

/** What came of it, unless it was refused: then throws the refusal. */
export function granted<T extends object>(result: T | Refused): T {
  if (!('refused' in result)) return result;
  const { refused, detail, ...more } = result;
  throw new Refusal(refused, detail, { more });
}
