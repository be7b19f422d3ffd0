// oxlint-disable no-underscore-dangle -- the names are Node's
import type { ServerResponse } from 'node:http';
import { hasDate } from './http-date.ts';

/** Where Node keeps the head that `writeHead` makes until it leaves. It documents none of this, so what is not there is done without. */
interface HeadKeeper {
  _header: unknown;
  readonly _last: unknown;
  readonly chunkedEncoding: boolean;
}

/** A head as Node has written it, and the body after it, around what differs from one response to the next. */
interface Written {
  readonly beforeExchange: string;
  readonly beforeDate: string;
  readonly rest: string;
}

/**
 * A response of a known, small length that was made at load. Node gives the socket head and body as two pieces, and writes the head
 * anew each time; both cost more than all that is decided about a request. Here they leave as one piece, and the head is what Node
 * wrote the first time, with another id and date.
 */
export class OnePiece {
  readonly #status: number;
  /** Name, value, name, value; Content-Length among them. */
  readonly #headers: readonly string[];
  /** One byte a letter, whatever the bytes mean. */
  readonly #letters: string;
  /** Whether it is sent again and again. */
  readonly #lasts: boolean;
  /** Whether the reply has a `Date` of its own. */
  readonly #dated: boolean;
  #written: Written | null = null;

  /** `lasts`: it is sent again and again; otherwise nothing is kept for a next time. */
  constructor(status: number, headers: readonly string[], bytes: Buffer, lasts: boolean) {
    this.#status = status;
    this.#headers = headers;
    this.#letters = bytes.toString('latin1');
    this.#lasts = lasts;
    this.#dated = hasDate(headers);
  }

  send(response: ServerResponse, exchange: string, date: string): void {
    const keeper = response as unknown as HeadKeeper;
    if (this.#written !== null && response.shouldKeepAlive) {
      const { beforeExchange, beforeDate, rest } = this.#written;
      response.statusCode = this.#status;
      keeper._header = `${beforeExchange}${exchange}${beforeDate}${date}${rest}`;
      response.end();
      return;
    }
    response.writeHead(this.#status, [...this.#headers, 'Rehearsal-Exchange', exchange, ...(this.#dated ? [] : ['Date', date])]);
    const head = keeper._header;
    if (typeof head !== 'string' || keeper.chunkedEncoding) {
      response.end(this.#letters, 'latin1');
      return;
    }
    keeper._header = head + this.#letters;
    response.end();
    if (this.#lasts && !this.#dated && response.shouldKeepAlive && keeper._last === false) this.#written = takeApart(head, exchange, date, this.#letters);
  }
}

function takeApart(head: string, exchange: string, date: string, letters: string): Written | null {
  const name = 'Rehearsal-Exchange: ';
  const beforeDate = '\r\nDate: ';
  const place = head.lastIndexOf(`${name}${exchange}${beforeDate}${date}\r\n`);
  if (place === -1) return null;
  const end = place + name.length;
  return { beforeExchange: head.slice(0, end), beforeDate, rest: head.slice(end + exchange.length + beforeDate.length + date.length) + letters };
}
