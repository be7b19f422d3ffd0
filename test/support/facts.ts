import { createHash } from 'node:crypto';
import { bodyFromBytes, noBody, readRequest } from '../../src/engine/read-request.ts';
import { seededRandom } from '../../src/engine/seeded-random.ts';
import { mediaTypeOf } from '../../src/base/media-type.ts';
import { MemoryDraft } from '../../src/memory/index.ts';
import { Suspended, type Caller, type ClientCertificate, type Collection, type Count, type Counter, type Draft, type ExampleRequest, type Facts, type MemoryPlan, type Part, type Request, type StoredMemory } from '../../src/model/index.ts';

/** What a test may say of a request beside its head and body. */
export interface FactsOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly call?: number;
  readonly seed?: number;
  readonly now?: number;
  readonly session?: string;
  readonly bound?: Readonly<Record<string, unknown>>;
  readonly count?: (counter: Counter) => Count;
  /** Instead of the parts read from the body: for zip entries and parts that were not kept in memory. */
  readonly parts?: readonly Part[];
  readonly memory?: Draft;
  readonly caller?: Caller;
  readonly certificate?: ClientCertificate;
}

/** A session that remembers nothing yet, under a scenario with these collections, variables and first state. */
export function makeDraft(plan: Partial<Omit<MemoryPlan, 'collections'>> & { readonly collections?: readonly Collection[] } = {}, stored: StoredMemory = nothingStored): Draft {
  const { state = null, states = null, vars = {}, collections = [] } = plan;
  return new MemoryDraft('test', { state, states, vars, collections: new Map(collections.map((one) => [one.name, one])) }, stored);
}

const nothingStored: StoredMemory = { state: null, vars: {}, table: () => null, backups: () => [], backup: () => null };

/** Decides again and again, as a pass does, until nothing has to be waited for. */
export async function settled<T>(decide: () => T): Promise<T> {
  for (;;) {
    try {
      return decide();
    } catch (error) {
      if (!(error instanceof Suspended)) throw error;
      await error.work.catch(() => undefined);
    }
  }
}

/** A request as the server would receive it; a multipart body is taken apart. */
export function makeRequest(example: ExampleRequest & { readonly rawHeaders?: readonly string[]; readonly bytes?: Buffer }, parts?: readonly Part[]): Request {
  const rawHeaders = example.rawHeaders ?? Object.entries(example.headers ?? {}).flat();
  const contentType = rawHeaders[rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type') + 1] ?? null;
  const sent = rawHeaders.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type') ? contentType : null;
  const bytes = example.bytes ?? (example.body === undefined ? null : Buffer.from(example.body));
  const head = { id: 'x1', method: example.method ?? 'GET', url: example.url ?? '/', rawHeaders };
  if (bytes === null && parts === undefined) return readRequest(head, noBody);
  const multipart = mediaTypeOf(sent)?.startsWith('multipart/') ?? false;
  return readRequest(head, bodyFromBytes({
    bytes: multipart ? null : bytes, contentType: sent, sizeBytes: bytes?.length ?? 1, sha256: createHash('sha256').update(bytes ?? '').digest('hex'),
    parts: parts ?? (multipart && bytes ? splitParts(bytes.toString('latin1'), sent!) : null),
  }));
}

/** Facts of one request, with plain counters and a seeded generator. */
export function makeFacts(request: Request, options: FactsOptions = {}): Facts {
  const call = options.call ?? 1;
  const bound: Record<string, unknown> = { ...options.bound };
  const prepared = new Map<string, { readonly value: unknown } | { readonly error: unknown }>();
  return {
    request, call, params: options.params ?? {}, session: options.session ?? 'default', now: options.now ?? 0, violations: [], bound,
    bind: (name, value) => void (bound[name] = value),
    memory: options.memory ?? makeDraft(),
    caller: options.caller ?? null,
    certificate: options.certificate ?? null,
    seed: options.seed ?? 1,
    prepared<T>(key: string, make: () => Promise<T>): T {
      const known = prepared.get(key);
      if (!known) throw new Suspended(make().then((value) => prepared.set(key, { value }), (error: unknown) => prepared.set(key, { error })));
      if ('error' in known) throw known.error;
      return known.value as T;
    },
    count: options.count ?? (() => ({ count: call, resetMs: 0 })),
    random: (label) => seededRandom(`${options.seed ?? 1}|${label}|${call}`),
    report: () => null,
  };
}

/** A part of a multipart body; a field unless it has a file name. */
export function makePart(part: Partial<Part> & { readonly name: string }): Part {
  const text = part.text === undefined ? '' : part.text;
  const bytes = Buffer.from(text ?? '', 'utf8');
  return { filename: null, type: 'text/plain', sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), zip: null, report: null, ...part, text };
}

/** Enough of RFC 7578 for examples; the server has a real reader. */
function splitParts(body: string, contentType: string): readonly Part[] {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1] ?? '';
  return body.split(`--${boundary}`).slice(1, -1).map((piece) => {
    const end = piece.indexOf('\r\n\r\n');
    const head = piece.slice(0, end);
    const text = Buffer.from(piece.slice(end + 4, -2), 'latin1').toString('utf8');
    return makePart({
      name: / name="([^"]*)"/.exec(head)?.[1] ?? '', filename: / filename="([^"]*)"/.exec(head)?.[1] ?? null,
      type: mediaTypeOf(/content-type: *([^\r\n]+)/i.exec(head)?.[1]) ?? 'text/plain', text,
    });
  });
}
