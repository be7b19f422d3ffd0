import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import { emptyTable, LayeredTable, MemoryDraft, SeedTable } from '../../src/memory/index.ts';
import type { Collection, Row, StoredMemory, TableView } from '../../src/model/index.ts';

type Step = { readonly kind: 'put'; readonly key: string; readonly value: Json } | { readonly kind: 'remove'; readonly key: string };

const key = fc.constantFrom('1', '2', '3', '4', '5', '__proto__');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, value: fc.constantFrom<Json>('a', 'b', 'c', 1, '1', null, true) }),
  fc.record({ kind: fc.constant('remove' as const), key }),
);
const steps = fc.array(step, { maxLength: 12 });

const row = (id: string, v: Json): Row => Object.assign(Object.create(null) as Record<string, Json>, { id, v });

/** Steps that keep `v` unique, as what writes rows does. */
function allowed(one: Step, table: { holder(field: string, value: Json): string | null }): boolean {
  if (one.kind === 'remove' || one.value === null) return true;
  const holder = table.holder('v', one.value);
  return holder === null || holder === one.key;
}

function holderIn(model: ReadonlyMap<string, Row>, value: Json): string | null {
  for (const [id, { v }] of model) if (v === value) return id;
  return null;
}

function expectSame(table: TableView, model: ReadonlyMap<string, Row>): void {
  expect(table.size).toBe(model.size);
  expect(new Map(table.entries())).toEqual(model);
  for (const one of ['1', '2', '3', '4', '5', '__proto__', 'x']) expect(table.get(one)).toBe(model.get(one) ?? null);
  for (const value of ['a', 'b', 'c', 1, '1', true]) expect(table.holder('v', value)).toBe(holderIn(model, value));
}

describe('a layered table', () => {
  it('is a map to whoever looks, over any rows and changes', () => {
    fc.assert(fc.property(steps, steps, (first, second) => {
      const model = new Map<string, Row>();
      const seeded: { holder(field: string, value: Json): string | null } = { holder: (_field, value) => holderIn(model, value) };
      for (const one of first) if (one.kind === 'put' && allowed(one, seeded)) model.set(one.key, row(one.key, one.value));
      const seed = new SeedTable(new Map(model), 1);
      const before = [...seed.entries()];
      const table = new LayeredTable(seed, ['v']);
      for (const one of second) {
        if (!allowed(one, table)) continue;
        const revision = table.revision;
        if (one.kind === 'remove') {
          table.remove(one.key);
          model.delete(one.key);
        } else {
          const made = row(one.key, one.value);
          table.put(one.key, made);
          model.set(one.key, made);
          expect(table.revision).toBeGreaterThan(revision);
        }
        expectSame(table, model);
      }
      expect([...table.entries()].map(([id]) => id)).toEqual([...model.keys()]);
      expectSame(table.snapshot(), model);
      expect([...seed.entries()]).toEqual(before);
    }), { numRuns: 150 });
  });

  it('under drafts that are committed key by key is what the drafts showed, in their order', () => {
    fc.assert(fc.property(steps, fc.array(fc.record({ changes: steps, commit: fc.boolean(), all: fc.boolean() }), { maxLength: 6 }), (first, passes) => {
      const model = new Map<string, Row>();
      for (const one of first) if (one.kind === 'put' && allowed(one, { holder: (_field, value) => holderIn(model, value) })) model.set(one.key, row(one.key, one.value));
      const collection = collectionOver(new SeedTable(new Map(model), 1));
      let session: LayeredTable | null = null;
      for (const { changes, commit, all } of passes) {
        const draft = new MemoryDraft('r', { state: null, states: null, vars: {}, collections: new Map([['t', collection]]) }, stored(() => session));
        const next = new Map(model);
        if (all) {
          draft.replaceAll('t', [['9', row('9', 'z')]], 5);
          next.clear();
          next.set('9', row('9', 'z'));
        }
        for (const one of changes) {
          if (!allowed(one, draft.table('t'))) continue;
          if (one.kind === 'remove') {
            draft.remove('t', one.key);
            next.delete(one.key);
          } else {
            const made = row(one.key, one.value);
            draft.put('t', one.key, made);
            next.set(one.key, made);
          }
        }
        expect(new Map(draft.table('t').entries())).toEqual(next);
        if (!commit) continue;
        const shown = [...draft.table('t').entries()];
        for (const change of draft.changes()?.tables ?? []) {
          const table: LayeredTable = change.cleared ? new LayeredTable(change.base, change.unique) : (session ?? new LayeredTable(change.base, change.unique));
          for (const [id, made] of change.rows) {
            if (made === null) table.remove(id);
            else table.put(id, made);
          }
          table.nextKey = change.nextKey;
          session = table;
        }
        model.clear();
        for (const [id, made] of next) model.set(id, made);
        if (session) {
          expectSame(session, model);
          expect([...session.entries()]).toEqual(shown);
        }
      }
    }), { numRuns: 150 });
  });

  it('finds the holder of a value in a field that becomes unique only later', () => {
    const table = new LayeredTable(emptyTable, []);
    table.put('1', { id: 1, mail: 'a' });
    table.put('2', { id: 2, mail: 'b' });
    expect([table.holder('mail', 'a'), table.holder('mail', 'c')]).toEqual(['1', null]);
    table.put('1', { id: 1, mail: 'c' });
    expect([table.holder('mail', 'a'), table.holder('mail', 'c')]).toEqual([null, '1']);
  });
});

function collectionOver(seed: TableView): Collection {
  return { name: 't', key: { field: 'id', type: 'given' }, unique: ['v'], seed, columns: new Map(), check: () => [], stamps: { insert: null, write: null } };
}

function stored(session: () => TableView | null): StoredMemory {
  return { state: null, vars: {}, table: session, backups: () => [], backup: () => null };
}
