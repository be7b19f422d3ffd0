import { readAddress } from '../engine/address.ts';
import { readRequest } from '../engine/read-request.ts';
import type { Caller, ClientCertificate, Count, Facts, MemoryView, Random, ReceivedBody, Request, Segment } from '../model/index.ts';
import type { ExchangeDraft } from '../world/journal.ts';
import { NotKept } from './not-kept.ts';

const none: readonly never[] = [];

/** What matchers may look at of an exchange that is over: its request. All else throws {@link NotKept}. */
export class RecordedFacts implements Facts {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly session: string;
  readonly now: number;
  readonly violations = none;
  readonly bound: Record<string, unknown> = Object.create(null) as Record<string, unknown>;

  /** `segments`: of the route that was called; null when there was none. */
  constructor(draft: ExchangeDraft, body: ReceivedBody, segments: readonly Segment[] | null) {
    const address = readAddress(draft.url);
    const { url, prefix } = typeof address === 'string' ? { url: draft.url, prefix: '' } : address;
    this.request = readRequest({ id: draft.id, method: draft.method, url, prefix, rawHeaders: draft.requestHeaders }, body);
    this.params = segments === null ? {} : paramsOf(segments, this.request.segments);
    this.session = draft.session;
    this.now = draft.atMs;
  }

  bind(name: string, value: unknown): void {
    this.bound[name] = value;
  }

  get memory(): MemoryView {
    throw new NotKept('the journal does not keep what the scenario remembered then');
  }

  get call(): number {
    throw new NotKept('the journal does not keep which call it was');
  }

  get caller(): Caller | null {
    throw new NotKept('the journal does not keep who called');
  }

  get certificate(): ClientCertificate | null {
    throw new NotKept("the journal does not keep the client's certificate");
  }

  get seed(): number {
    throw new NotKept('nothing is drawn again');
  }

  prepared<T>(): T {
    throw new NotKept('nothing is worked out again');
  }

  count(): Count {
    throw new NotKept('the journal does not keep what was counted');
  }

  random(): Random {
    throw new NotKept('nothing is drawn again');
  }

  report(): null {
    return null;
  }
}

/** Values of the `{name}` segments, and of `**` under that name. */
function paramsOf(segments: readonly Segment[], came: readonly string[]): Readonly<Record<string, string>> {
  const params: Record<string, string> = Object.create(null) as Record<string, string>;
  segments.forEach((segment, index) => {
    if (segment.kind === 'param') params[segment.name] = came[index] ?? '';
    else if (segment.kind === 'rest') params['**'] = came.slice(index).join('/');
  });
  return params;
}
