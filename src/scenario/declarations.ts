import { didYouMean } from '../base/nearest.ts';
import type { Path } from '../base/place.ts';
import { show } from '../base/show.ts';
import { gotWords, invalid, type Report, type Shape } from '../shapes/index.ts';
import type { Mistakes } from './mistakes.ts';
import type { Places } from './places.ts';
import { salvage } from './salvage.ts';

/** One entry of a map at the top of a file, where it is written. */
export interface WrittenEntry {
  readonly name: string;
  readonly places: Places;
  readonly path: Path;
  readonly raw: unknown;
  /** `undefined` when nothing could be made of it. */
  readonly parsed: unknown;
  /** A variation takes out what its parent has under this name. */
  readonly removed: boolean;
}

export type Entries = ReadonlyMap<string, WrittenEntry>;

/** The maps of a file whose entries merge with the parent's one by one. */
export const declaredMaps = ['vars', 'collections', 'resources', 'auth'] as const;
export type DeclaredMap = (typeof declaredMaps)[number];

/** Reads a map at the top of a file entry by entry, so that what is wrong in one leaves the others. Null: all of the parent's are taken out. */
export function parseEntries(shape: Shape<any, any>, given: Readonly<Record<string, unknown>>, key: DeclaredMap, isVariation: boolean, places: Places, report: Report): Entries | null {
  const value = given[key];
  const entries = new Map<string, WrittenEntry>();
  if (value === undefined) return entries;
  if (value === null && isVariation) return null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report([key], { code: 'wrong-kind', message: `Wrong kind of value for \`${key}\``, expected: shape.expected, got: gotWords(value) });
    return entries;
  }
  for (const [name, raw] of Object.entries(value)) {
    const path = [key, name];
    const alone = Object.assign(Object.create(null) as Record<string, unknown>, { [name]: raw });
    const removed = raw === null && isVariation;
    const parsed = removed ? undefined : (salvage(shape, alone, [key], report)?.value as Record<string, unknown> | undefined)?.[name];
    entries.set(name, { name, places, path, raw, parsed, removed });
  }
  return entries;
}

/** One word at the top of a file, with its place. */
export interface WrittenWord {
  readonly text: string;
  readonly places: Places;
  readonly path: Path;
}

/** What a scenario declares beside its routes, its parents' laid under it. The same object where a variation declares nothing of its own. */
export interface Declared extends Readonly<Record<DeclaredMap, Entries>> {
  readonly root: string;
  readonly state: WrittenWord | null;
  readonly requires: WrittenWord | null;
}

/** What one file declares. Undefined: not written; null: taken out. */
export interface WrittenDeclarations extends Readonly<Record<DeclaredMap, Entries | null>> {
  readonly state: WrittenWord | null | undefined;
  readonly requires: WrittenWord | null | undefined;
}

export function parseWord(shape: Shape<string, any>, given: Readonly<Record<string, unknown>>, key: string, places: Places, report: Report): WrittenWord | null | undefined {
  if (given[key] === undefined || given[key] === null) return given[key];
  const text = shape.parse(given[key], [key], report);
  return text === invalid ? undefined : { text, places, path: [key] };
}

/** Lays what a file declares over what its parent does. */
export function layDeclarations(own: WrittenDeclarations, parent: Declared | null, root: string, extended: string | null, mistakes: Mistakes): Declared {
  const silent = own.state === undefined && own.requires === undefined && declaredMaps.every((key) => own[key] !== null && own[key].size === 0);
  if (silent && parent) return parent;
  const lay = (key: DeclaredMap): Entries => layEntries(own[key], parent?.[key], key, extended, mistakes);
  return {
    root,
    state: own.state === undefined ? (parent?.state ?? null) : own.state,
    requires: own.requires === undefined ? (parent?.requires ?? null) : own.requires,
    vars: lay('vars'), collections: lay('collections'), resources: lay('resources'), auth: lay('auth'),
  };
}

function layEntries(own: Entries | null, parent: Entries | undefined, key: DeclaredMap, extended: string | null, mistakes: Mistakes): Entries {
  if (own === null) return new Map();
  if (own.size === 0) return parent ?? own;
  const laid = new Map(parent);
  for (const entry of own.values()) {
    if (!entry.removed) laid.set(entry.name, entry);
    else if (!laid.delete(entry.name)) mistakes.add(entry.places, entry.path, { code: 'nothing-to-remove', message: `\`null\` takes out ${show(entry.name)}, which the ${key} of \`${extended}\` do not have`, fix: didYouMean(entry.name, parent?.keys() ?? []) }, 'key');
  }
  return laid;
}
