import { createHash } from 'node:crypto';
import { parseJson } from '../../src/base/json.ts';
import { compileExpression, type Scope } from '../../src/expressions/index.ts';
import { MalformedBody, type Caller, type Facts, type MemoryView, type Fixture, type Multi, type Part, type Random, type ReceivedBody } from '../../src/model/index.ts';
import { makeDraft } from '../support/facts.ts';

export interface Given {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly json?: string;
  readonly text?: string;
  readonly form?: Readonly<Record<string, readonly string[]>>;
  readonly parts?: readonly (Partial<Part> & { readonly name: string })[];
  readonly malformed?: boolean;
  readonly now?: number;
  readonly call?: number;
  readonly bound?: Readonly<Record<string, unknown>>;
  readonly memory?: MemoryView;
  readonly caller?: Caller;
  /** Records what of the body was touched. */
  readonly touched?: string[];
}

const noon = Date.UTC(2026, 2, 1, 12, 0, 0);

/** Facts of a request as a test describes it. */
export function facts(given: Given = {}): Facts {
  const url = given.url ?? '/tasks/1';
  const [path = '', search = ''] = url.split('?');
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(search)) query.set(name, [...(query.get(name) ?? []), value]);
  return {
    request: { id: 'x1', method: given.method ?? 'GET', url, prefix: '', path, segments: path.split('/').slice(1), query, headers: multi(given.headers), cookies: multi(given.cookies), body: body(given) },
    params: given.params ?? {},
    session: 'default',
    now: given.now ?? noon,
    call: given.call ?? 1,
    violations: [{ at: 'query.id', expected: '1', got: '2', text: 'query `id`: expected 1, got 2' }],
    bound: given.bound ?? {},
    bind: () => undefined,
    memory: given.memory ?? makeDraft(),
    caller: given.caller ?? null,
    certificate: null,
    seed: 1,
    prepared: () => {
      throw new Error('No expression waits for anything');
    },
    count: () => ({ count: 1, resetMs: 0 }),
    report: () => null,
    random: (label) => seeded(`${label}/${given.call ?? 1}`),
  };
}

function multi(map: Readonly<Record<string, string | readonly string[]>> = {}): Multi {
  return new Map(Object.entries(map).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]));
}

function body(given: Given): ReceivedBody {
  const content = given.json ?? given.text ?? '';
  const touch = (what: string): void => void given.touched?.push(what);
  const parts = given.parts?.map((part): Part => ({ filename: null, type: 'text/plain', sizeBytes: 3, sha256: 'abc', text: null, zip: null, report: null, ...part })) ?? null;
  return {
    present: content !== '' || given.form !== undefined || parts !== null || given.malformed === true,
    mediaType: given.json !== undefined || given.malformed ? 'application/json' : given.text !== undefined ? 'text/plain' : null,
    sizeBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: Buffer.from(content),
    get text() {
      touch('text');
      return content;
    },
    get json() {
      touch('json');
      if (given.malformed) throw new MalformedBody('JSON', 'an end too early');
      return given.json === undefined ? undefined : parseJson(given.json);
    },
    get form() {
      touch('form');
      return given.form ? multi(given.form) : null;
    },
    parts,
    report: null,
  };
}

/** A generator that depends on its label alone. */
export function seeded(label: string): Random {
  let state = createHash('sha256').update(label).digest().readUInt32LE(0) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return {
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => Math.floor(next() * 256))),
  };
}

const hello: Fixture = {
  name: 'hello.txt',
  path: '/fixtures/hello.txt',
  sizeBytes: 5,
  modifiedMs: 0,
  read: () => Buffer.from('hello'),
  sha256: () => createHash('sha256').update('hello').digest('hex'),
};

export const scope: Scope = {
  label: 'demo/GET /tasks/1',
  fixture: (name) => (name === 'hello.txt' ? hello : { code: 'no-fixture', message: `There is no fixture \`${name}\``, fix: 'Did you mean `hello.txt`?' }),
};

/** The value of an expression, which must have no mistake. */
export function evaluate(source: string, given: Given = {}, more: Partial<Scope> = {}): unknown {
  const compiled = compileExpression(source, { ...scope, ...more });
  if ('code' in compiled) throw new Error(`${source}: ${compiled.message} (expected ${compiled.expected}, got ${compiled.got}). ${compiled.fix}`);
  return compiled.evaluate(facts(given));
}
