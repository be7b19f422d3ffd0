import { didYouMean } from '../base/nearest.ts';
import { uuidOf } from '../base/uuid.ts';
import { seededRandom } from '../engine/seeded-random.ts';
import { CsvProblem, insertRows, rowsFromCsv } from '../memory/index.ts';
import type { Json } from '../base/json.ts';
import type { Collection } from '../model/index.ts';
import type { App } from './app.ts';
import type { CollectionContent, CollectionSummary, GivenRows, Refused } from './control.ts';
import { commitDraft, lookInto, rootNamed, visibleCollections, type SessionRoot } from './look-into.ts';

/** The collections of a session. */
export function listCollections(app: App, session: string): readonly CollectionSummary[] {
  return lookInto(app, session).flatMap((root) => visibleCollections(root.plan).map((collection) => summaryOf(root, collection)));
}

/** One collection with its rows as they are now. */
export function openCollection(app: App, session: string, name: string, scenario: string | null): CollectionContent | Refused {
  const found = find(app, lookInto(app, session), name, scenario);
  if ('refused' in found) return found;
  const { root, collection } = found;
  const table = root.draft.table(name);
  return { ...summaryOf(root, collection), entries: () => table.entries(), columns: [...new Set([collection.key.field, ...collection.columns.keys()])] };
}

/**
 * Puts other rows in the place of all there are, each checked as an insert checks it: all or none. Keys that are counted up begin
 * after the highest of them. Throws WorldRefusal when there is no room.
 */
export function replaceRows(app: App, session: string, name: string, scenario: string | null, given: GivenRows): CollectionSummary | Refused {
  const found = find(app, lookInto(app, session), name, scenario);
  if ('refused' in found) return found;
  const { root, collection } = found;
  const values = valuesOf(given, collection);
  if (values instanceof CsvProblem) return { refused: 400, detail: `The body is not CSV: ${values.message}` };
  root.draft.replaceAll(name, [], 1);
  const written = insertRows(root.draft, collection, values, { skipBad: false, stamp: {}, keys: keysFor(values, collection, `${app.seed}|collection|${root.root}|${name}`) });
  if (written.kind === 'failed') return { refused: 422, detail: `Nothing was changed. ${written.detail}`, errors: written.errors };
  commitDraft(app, session, root.draft);
  return summaryOf(root, collection);
}

/** Puts the first rows in the place of all there are, and counts keys up from where they did at first. Throws WorldRefusal when there is no room. */
export function resetRows(app: App, session: string, name: string, scenario: string | null): CollectionSummary | Refused {
  const found = find(app, lookInto(app, session), name, scenario);
  if ('refused' in found) return found;
  const { root, collection: { seed }, collection } = found;
  root.draft.replaceAll(name, seed.entries(), seed.nextKey);
  commitDraft(app, session, root.draft);
  return summaryOf(root, collection);
}

interface Found {
  readonly root: SessionRoot;
  readonly collection: Collection;
}

function find(app: App, roots: readonly SessionRoot[], name: string, scenario: string | null): Found | Refused {
  const named = scenario === null ? null : rootNamed(app, roots, scenario);
  if (named !== null && 'refused' in named) return named;
  const all = (named === null ? roots : [named]).flatMap((root) => visibleCollections(root.plan).map((collection) => ({ root, collection })));
  const fitting = all.filter(({ collection }) => collection.name === name);
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length > 1) {
    const scenarios = fitting.map(({ root }) => root.root);
    return { refused: 400, detail: `More than one scenario has a collection \`${name}\`. Say which with \`?scenario=\`: ${scenarios.join(', ')}`, scenarios };
  }
  const collections = [...new Set(all.map(({ collection }) => collection.name))];
  const hint = didYouMean(name, collections);
  const list = collections.length === 0 ? 'There are none' : `There are: ${collections.join(', ')}`;
  return { refused: 404, detail: `There is no collection \`${name.slice(0, 64)}\`${scenario === null ? '' : ` in \`${scenario}\``}.${hint ? ` ${hint}` : ''} ${list}`, collections };
}

function summaryOf({ root, draft }: SessionRoot, { name, key }: Collection): CollectionSummary {
  return { name, scenario: root, rows: draft.table(name).size, key: key.field };
}

function valuesOf(given: GivenRows, collection: Collection): readonly Json[] | CsvProblem {
  if (given.kind === 'values') return given.values;
  try {
    return rowsFromCsv(given.text, collection.columns);
  } catch (error) {
    if (error instanceof CsvProblem) return error;
    throw error;
  }
}

/** Keys for rows that bring none, where keys are UUIDs. All rows there were are gone, so none of these is taken. */
function keysFor(values: readonly Json[], { key }: Collection, label: string): readonly string[] {
  if (key.type !== 'uuid') return [];
  const random = seededRandom(label);
  return values.map(() => uuidOf(random.bytes(16)));
}
