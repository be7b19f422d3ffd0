import { asTextFields } from '../base/text-fields.ts';
import { need, type Facts, type Multi, type Needs } from '../model/index.ts';
import type { Code, Fields } from './code.ts';
import type { Run } from './run.ts';
import { asText, fromData, newMap, type Kind } from './values.ts';

/** A value that is read from the facts as it is. */
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

/**
 * A map in which any name may be asked for, and one that is not there (for which `read` gives undefined) is null. The whole map is
 * made only where an expression asks for it, once.
 */
export function open(needs: Needs, orNull: Kind, whole: (facts: Facts) => unknown, read: (run: Run, name: string) => unknown): Code {
  return {
    kind: 'map',
    needs,
    fixed: false,
    run: (run) => run.once(whole, whole),
    fields: openFields(needs, (name) => ({ orNull, run: (run) => fromData(read(run, name)), has: (run) => read(run, name) !== undefined }), (run, key) => read(run, asText(key))),
  };
}

/** The fields of a map in which any name may be asked for: by a name that is written out, and by one that is worked out. */
export function openFields(needs: Needs, named: (name: string) => Pick<Code, 'run' | 'has' | 'fields' | 'orNull'>, computed: (run: Run, key: unknown) => unknown): Fields {
  return {
    names: null,
    named: (name) => ({ kind: 'any', needs, fixed: false, ...named(name) }),
    computed: (key) => ({
      kind: 'any',
      needs: needs | key.needs,
      fixed: false,
      run: (run) => fromData(computed(run, key.run(run))),
      has: (run) => computed(run, key.run(run)) !== undefined,
    }),
  };
}

/** One value of each name. */
export function single(read: (facts: Facts) => Readonly<Record<string, string>>): Code {
  return open(need.nothing, 'text', read, ({ facts }, name) => {
    const map = read(facts);
    return Object.hasOwn(map, name) ? map[name] : undefined;
  });
}

/** The first value of each name. `fold` gives the form in which names are kept. */
export function multi(read: (facts: Facts) => Multi | null, needs: Needs = need.nothing, fold = (name: string) => name): Code {
  return open(needs, 'text', (facts) => firstValues(read(facts)), ({ facts }, name) => read(facts)?.get(fold(name))?.[0]);
}

/** All values of each name. */
export function multiAll(read: (facts: Facts) => Multi | null, needs: Needs = need.nothing, fold = (name: string) => name): Code {
  return open(needs, 'list', (facts) => mapOf(read(facts), (values) => values), ({ facts }, name) => read(facts)?.get(fold(name)) ?? []);
}

export function firstValues(map: Multi | null): object {
  return asTextFields(mapOf(map, (values) => values[0] ?? null));
}

function mapOf(multiMap: Multi | null, pick: (values: readonly string[]) => unknown): object {
  const map = newMap();
  for (const [name, values] of multiMap ?? []) map[name] = pick(values);
  return map;
}
