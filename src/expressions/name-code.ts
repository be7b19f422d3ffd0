import { need, type Facts, type Multi, type Needs } from '../model/index.ts';
import type { Code, Fields } from './code.ts';
import { asText, fromData, newMap, type Kind } from './values.ts';

export function value(kind: Kind, read: (facts: Facts) => unknown, needs: Needs = need.nothing): Code {
  return { kind, needs, fixed: false, run: ({ facts }) => read(facts) };
}

/** A map whose names are known. */
export function closed(fields: Readonly<Record<string, Code>>, fixed = false): Code {
  const all = Object.values(fields).reduce((needs: Needs, field) => needs | field.needs, need.nothing);
  return {
    kind: 'map',
    needs: all,
    fixed,
    run: (run) => Object.assign(newMap(), Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.run(run)]))),
    fields: { names: Object.keys(fields), named: (name) => (Object.hasOwn(fields, name) ? fields[name]! : null) },
  };
}

/** A map in which any name may be asked for: one that is not there is null. `read` is undefined for those. */
export function open(needs: Needs, orNull: Kind, whole: (facts: Facts) => unknown, read: (facts: Facts, name: string) => unknown): Code {
  return {
    kind: 'map',
    needs,
    fixed: false,
    run: ({ facts }) => whole(facts),
    fields: openFields(needs, (name) => ({ orNull, run: ({ facts }) => fromData(read(facts, name)), has: ({ facts }) => read(facts, name) !== undefined }), (facts, key) => read(facts, asText(key))),
  };
}

export function openFields(needs: Needs, named: (name: string) => Pick<Code, 'run' | 'has' | 'fields' | 'orNull'>, computed: (facts: Facts, key: unknown) => unknown): Fields {
  return {
    names: null,
    named: (name) => ({ kind: 'any', needs, fixed: false, ...named(name) }),
    computed: (key) => ({
      kind: 'any',
      needs: needs | key.needs,
      fixed: false,
      run: (run) => fromData(computed(run.facts, key.run(run))),
      has: (run) => computed(run.facts, key.run(run)) !== undefined,
    }),
  };
}

export function single(read: (facts: Facts) => Readonly<Record<string, string>>): Code {
  return open(need.nothing, 'text', read, (facts, name) => {
    const map = read(facts);
    return Object.hasOwn(map, name) ? map[name] : undefined;
  });
}

export function multi(read: (facts: Facts) => Multi | null, needs: Needs = need.nothing, fold = (name: string) => name): Code {
  return open(needs, 'text', (facts) => firstValues(read(facts)), (facts, name) => read(facts)?.get(fold(name))?.[0]);
}

export function multiAll(read: (facts: Facts) => Multi | null, needs: Needs = need.nothing, fold = (name: string) => name): Code {
  return open(needs, 'list', (facts) => Object.assign(newMap(), fromEntries(read(facts))), (facts, name) => read(facts)?.get(fold(name)) ?? []);
}

export function firstValues(map: Multi | null): object {
  const first = newMap();
  for (const [name, values] of map ?? []) first[name] = values[0] ?? null;
  return first;
}

function fromEntries(map: Multi | null): object {
  const all = newMap();
  for (const [name, values] of map ?? []) all[name] = values;
  return all;
}
