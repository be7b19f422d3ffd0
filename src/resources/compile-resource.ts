import { stampOf } from '../memory/index.ts';
import type { Act, Compiler, Segment } from '../model/index.ts';
import { insertAct } from './insert-act.ts';
import { patchAct, readAct, removeAct, replaceAct } from './item-acts.ts';
import { listAct } from './list-act.ts';
import { patchManyAct, removeManyAct } from './many-acts.ts';
import { compileOnly, everyRow } from './only.ts';
import { compilePaging } from './paging.ts';
import type { Resource } from './resource.ts';
import { resourceMethods, usualBatch, type ResourceMap, type ResourceValue } from './resource-shape.ts';

/** One route that a resource answers. */
export interface ResourceRoute {
  readonly method: string;
  /** Below the scenario's `base`. */
  readonly segments: readonly Segment[];
  readonly act: Act;
  /** As written under the resource's `auth`; undefined where it says nothing. */
  readonly auth: unknown;
}

type Method = (typeof resourceMethods)[number];

/**
 * The routes of a resource, from its checked value; none after a mistake. `segments`: its path, parsed. `secretNames`: query
 * parameters that carry the secrets of schemes, and so are no filters.
 */
export function compileResource(path: string, segments: readonly Segment[], value: unknown, compiler: Compiler, secretNames: readonly string[] = []): readonly ResourceRoute[] {
  const written = value as ResourceValue;
  const short = typeof written === 'string';
  const options: ResourceMap = short ? { of: written } : written;
  const collection = (short ? compiler : compiler.at('of')).collection(options.of);
  if (collection === null) return [];
  const resource: Resource = {
    collection,
    stamps: { insert: stampOf(collection, 'insert'), write: stampOf(collection, 'write') },
    only: options.only === undefined ? everyRow : compileOnly(options.only, collection, compiler.at('only')),
    paging: compilePaging(options.page, collection, compiler.at('page')),
    secretNames: new Set(secretNames),
    mostRows: options.batch?.max ?? usualBatch,
    upsert: options.upsert ?? false,
    requireIfMatch: options.requireIfMatch ?? false,
    label: compiler.label,
  };
  const methods = new Set<Method>(options.methods ?? resourceMethods);
  checkOptions(path, options, methods, compiler);
  const param = itemParam(segments);
  const item: readonly Segment[] = [...segments, { kind: 'param', name: param }];
  const routes: readonly (readonly [Method, readonly Segment[], Act])[] = [
    ['GET', segments, listAct(resource)],
    ['POST', segments, insertAct(resource)],
    ...(options.many === true ? [['PATCH', segments, patchManyAct(resource)], ['DELETE', segments, removeManyAct(resource)]] as const : []),
    ['GET', item, readAct(resource, param)],
    ['PUT', item, replaceAct(resource, param)],
    ['PATCH', item, patchAct(resource, param)],
    ['DELETE', item, removeAct(resource, param)],
  ];
  return routes.filter(([method]) => methods.has(method)).map(([method, at, act]) => ({ method, segments: at, act, auth: options.auth }));
}

/** Options for methods that the resource does not answer are slips. */
function checkOptions(path: string, options: ResourceMap, methods: ReadonlySet<Method>, compiler: Compiler): void {
  const uses = { page: ['GET'], batch: ['POST'], many: ['PATCH', 'DELETE'], upsert: ['PUT'], requireIfMatch: ['PUT', 'PATCH', 'DELETE'] } as const;
  for (const option of Object.keys(uses) as (keyof typeof uses)[]) {
    const needed: readonly Method[] = uses[option];
    if (options[option] === undefined || options[option] === false || needed.some((method) => methods.has(method))) continue;
    compiler.at(option).mistake({ code: 'idle-option', message: `\`${option}\` says nothing of ${path}, which does not answer ${needed.join(', ').replace(/, ([^,]*)$/, ' or $1')}`, expected: `${needed.map((method) => `\`${method}\``).join(' or ')} among \`methods\``, got: `\`[${[...methods].join(', ')}]\``, fix: `Take \`${option}\` out` }, [], 'key');
  }
}

/** The name of the key in an item's path: one that the path does not have yet. */
function itemParam(segments: readonly Segment[]): string {
  const taken = new Set(segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : [])));
  let name = 'id';
  for (let count = 1; taken.has(name); count += 1) name = count === 1 ? 'item_id' : `item_id_${count}`;
  return name;
}
