import { createHash } from 'node:crypto';
import type { Json } from '../base/json.ts';
import type { Collection, ColumnType, Row, TableView } from '../model/index.ts';
import { typesOfRows } from './column-types.ts';
import { valueText } from './key-text.ts';
import { newRow } from './new-row.ts';
import { gotWords, numberAfter, readKey } from './row-key.ts';
import { SeedTable } from './seed-table.ts';
import type { SeedSource } from './seed-source.ts';

/** What is wrong with one of the first rows. */
export interface SeedProblem {
  /** Position of the row, from 0. */
  readonly index: number;
  readonly field: string | null;
  readonly message: string;
  readonly fix?: string | undefined;
}

/** A collection's first rows under their keys. */
export interface Seed {
  readonly table: TableView;
  /** In the order of the source, so that what is wrong with one can be told. */
  readonly rows: readonly Row[];
  readonly types: ReadonlyMap<string, ColumnType>;
  readonly problems: readonly SeedProblem[];
}

/** Gives each row its key and looks for those that are taken. Rows without a key get one, except where it must be given. */
export function layOutSeed({ rows: found, place }: SeedSource, name: string, { key, unique }: Pick<Collection, 'key' | 'unique'>): Seed {
  const problems: SeedProblem[] = [];
  const table = new Map<string, Row>();
  const rows: Row[] = [];
  const places = new Map<string, number>();
  const given = found.map((row) => (row[key.field] ?? null) === null ? null : readKey(row[key.field]!, { key }));
  const known = new Set(given.flatMap((one) => (one !== null && 'text' in one ? [one.text] : [])));
  let nextKey = 1;
  let counted = 1;
  for (let index = 0; index < found.length; index += 1) {
    const read = given[index]!;
    while (read === null && key.type === 'counted' && known.has(String(counted))) counted += 1;
    const made = read ?? madeKey(key.type, name, index, counted);
    if (read === null && key.type === 'counted') counted += 1;
    if ('problem' in made) {
      problems.push({ index, field: key.field, message: `\`${key.field}\`: ${made.problem}`, fix: key.type === 'counted' ? `Write \`key: { field: ${key.field}, type: given }\` where each row brings a key of its own kind` : undefined });
      rows.push(found[index]!);
      continue;
    }
    const row = found[index]![key.field] === made.value ? found[index]! : keyed(found[index]!, key.field, made.value);
    rows.push(row);
    const taken = places.get(made.text);
    if (taken !== undefined) problems.push({ index, field: key.field, message: `\`${key.field}\`: the key ${gotWords(made.value)} is that of ${place(taken)} already` });
    else {
      places.set(made.text, index);
      table.set(made.text, row);
      if (key.type === 'counted') nextKey = numberAfter(made.text, nextKey);
    }
  }
  findTaken(rows, unique, place, problems);
  return { table: new SeedTable(table, nextKey), rows, types: typesOfRows(rows), problems: problems.sort((a, b) => a.index - b.index) };
}

function madeKey(type: Collection['key']['type'], name: string, index: number, counted: number): { readonly value: Json; readonly text: string } | { readonly problem: string } {
  switch (type) {
    case 'counted': return { value: counted, text: String(counted) };
    case 'uuid': {
      const text = seedUuid(`${name}|${index}`);
      return { value: text, text };
    }
    case 'given': return { problem: 'expected a key, got nothing' };
  }
}

/** The same at every start: version 8 of RFC 9562 §5.8, by a hash of the row's position. */
function seedUuid(position: string): string {
  const hex = createHash('sha256').update(position).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The row with its key: in its place where there is one for it, else at the head. */
function keyed(row: Row, field: string, value: Json): Row {
  const copy = newRow();
  if (row[field] === undefined) copy[field] = value;
  for (const name of Object.keys(row)) copy[name] = name === field ? value : row[name]!;
  return copy;
}

function findTaken(rows: readonly Row[], unique: readonly string[], place: (index: number) => string, problems: SeedProblem[]): void {
  for (const field of unique) {
    const holders = new Map<string, number>();
    rows.forEach((row, index) => {
      const value = row[field];
      if (value === undefined || value === null) return;
      const text = valueText(value);
      const holder = holders.get(text);
      if (holder === undefined) holders.set(text, index);
      else problems.push({ index, field, message: `\`${field}\`: ${place(holder)} has the value ${gotWords(value)} already` });
    });
  }
}
