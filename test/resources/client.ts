import { keyText, SeedTable } from '../../src/memory/index.ts';
import { parseJson, type Json } from '../../src/base/json.ts';
import { compileResource, resourcesShape, type ResourceRoute } from '../../src/resources/index.ts';
import { parseBase } from '../../src/scenario/route-key.ts';
import { invalid } from '../../src/shapes/index.ts';
import type { ActProblem, Answer, Collection, Draft, Row, Segment } from '../../src/model/index.ts';
import { TestCompiler, readYaml, type FoundMistake } from '../support/compiler.ts';
import { makeDraft, makeFacts, makeRequest, type FactsOptions } from '../support/facts.ts';

/** A collection with these first rows; keys are counted unless said. */
export function makeCollection(name: string, rows: readonly Readonly<Record<string, Json>>[] = [], rest: Partial<Omit<Collection, 'name' | 'seed'>> = {}): Collection {
  const key = rest.key ?? { field: 'id', type: 'counted' as const };
  const seeds = new Map(rows.map((row): [string, Row] => [keyText(row[key.field])!, Object.assign(Object.create(null) as Record<string, Json>, row)]));
  const largest = Math.max(0, ...[...seeds.keys()].map(Number).filter(Number.isSafeInteger));
  return { name, key, unique: [], columns: new Map(), check: () => [], stamps: { insert: null, write: null }, ...rest, seed: new SeedTable(seeds, largest + 1) };
}

/** Every row must have these fields and no others, each of its type. */
export function closedColumns(columns: Readonly<Record<string, 'text' | 'number' | 'boolean'>>): Pick<Collection, 'columns' | 'closed' | 'check'> {
  const types = { text: 'string', number: 'number', boolean: 'boolean' } as const;
  return {
    columns: new Map(Object.entries(columns)), closed: true,
    check: (row) => [
      ...Object.keys(row).filter((field) => !Object.hasOwn(columns, field)).map((field) => ({ field, expected: 'no such field', got: 'it', message: `\`${field}\` is unknown` })),
      ...Object.entries(columns).filter(([field, type]) => typeof row[field] !== types[type]).map(([field, type]) => ({ field, expected: type, got: typeof row[field], message: `\`${field}\`: expected ${type}` })),
    ],
  };
}

export interface Compiled {
  readonly routes: readonly ResourceRoute[];
  readonly mistakes: readonly FoundMistake[];
}

/** What stands under `resources`, in YAML, compiled. */
export function compileResources(yaml: string, collections: readonly Collection[], secretNames: readonly string[] = []): Compiled {
  const compiler = new TestCompiler({ collections });
  const value = resourcesShape.parse(readYaml(yaml), [], (path, mistake, at = 'value') => compiler.mistake(mistake, path, at));
  if (value === invalid) return { routes: [], mistakes: compiler.mistakes };
  const routes = Object.entries(value).flatMap(([path, one]) => compileResource(path, parseBase(path, (mistake) => compiler.mistake(mistake))!, one, compiler.at(path), secretNames));
  return { routes, mistakes: compiler.mistakes };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body; undefined when there is none. */
  readonly json: any;
  readonly etag: string | null;
  readonly problem: ActProblem | null;
}

export interface Sending extends FactsOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text is sent as it is. */
  readonly body?: unknown;
}

/** Sends one request after another to the resources, in a world of its own: what an act changed holds for the next, unless it was undone. */
export class Client {
  #memory: Draft;
  #calls = 0;
  readonly #collections: readonly Collection[];
  readonly #routes: readonly ResourceRoute[];

  constructor(yaml: string, collections: readonly Collection[], secretNames: readonly string[] = []) {
    const { routes, mistakes } = compileResources(yaml, collections, secretNames);
    if (mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join('\n'));
    this.#routes = routes;
    this.#collections = collections;
    this.#memory = makeDraft({ collections });
  }

  async get(url: string, sending: Sending = {}): Promise<Reply> {
    return this.send('GET', url, sending);
  }

  async send(method: string, url: string, { headers = {}, body, ...options }: Sending = {}): Promise<Reply> {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const request = makeRequest({ method, url, headers: { ...(text !== undefined && { 'Content-Type': 'application/json' }), ...headers }, ...(text !== undefined && { body: text }) });
    const route = this.#routes.find((one) => one.method === method && matches(one.segments, request.segments));
    if (!route) return { status: 405, headers: {}, json: undefined, etag: null, problem: null };
    const draft = makeDraft({ collections: this.#collections }, this.#memory);
    this.#calls += 1;
    const params = Object.fromEntries(route.segments.flatMap((segment, index) => (segment.kind === 'param' ? [[segment.name, request.segments[index]!]] : [])));
    const outcome = route.act.run(makeFacts(request, { call: this.#calls, memory: draft, params, ...options }), draft);
    if (outcome.kind === 'done') throw new Error('A resource always answers');
    if (outcome.kind === 'undone') return { status: outcome.problem.status, headers: byName(outcome.problem.headers ?? []), json: undefined, etag: null, problem: outcome.problem };
    if (draft.changes()) this.#memory = draft;
    const answer = outcome.reply.render(makeFacts(request)) as Answer;
    const bytes = answer.body.kind === 'bytes' ? answer.body : null;
    return { status: answer.status, headers: byName(answer.headers), json: bytes === null ? undefined : parseJson(bytes.bytes.toString()), etag: bytes?.representation?.etag ?? null, problem: null };
  }

  /** The rows as they are. */
  rows(collection: string): readonly Row[] {
    return [...this.#memory.table(collection).entries()].map(([, row]) => row);
  }
}

function matches(segments: readonly Segment[], path: readonly string[]): boolean {
  return segments.length === path.length && segments.every((segment, index) => segment.kind === 'param' || (segment.kind === 'literal' && segment.text === path[index]));
}

function byName(flat: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2) headers[flat[index]!.toLowerCase()] = flat[index + 1]!;
  return headers;
}
