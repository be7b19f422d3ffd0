import type { Mistake } from '../base/diagnostic.ts';
import { parseJson, type Json } from '../base/json.ts';
import { deeperThan, maxJsonDepth } from '../base/json-depth.ts';
import { show } from '../base/show.ts';
import { formatSize } from '../base/units.ts';
import type { ColumnType, Fixture, Row } from '../model/index.ts';
import { valueKind } from '../shapes/index.ts';
import { CsvProblem } from './csv-records.ts';
import { rowOf } from './new-row.ts';
import { gotWords } from './row-key.ts';
import { readCsvRows } from './rows-text.ts';
import { readYamlValue } from './yaml-rows.ts';

/** A collection's first rows as they were found, not yet checked. */
export interface SeedSource {
  readonly rows: readonly Row[];
  /** "`hr/jobs.csv` line 7", by the position of a row. */
  place(index: number): string;
}

const largestBytes = 200_000_000;
const mostRows = 1_000_000;

/** Reads a fixture as rows, by the ending of its name. `names`: of the columns of CSV without a header line. */
export function readSeedFile(fixture: Fixture, names: readonly string[] | undefined, columns: ReadonlyMap<string, ColumnType>): SeedSource | Mistake {
  const { name, sizeBytes } = fixture;
  const ending = /\.(csv|json|ya?ml)$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined) return { code: 'wrong-rows', message: `Rows cannot be read from the fixture ${show(name)}`, expected: 'a name that ends in `.csv`, `.json`, `.yaml` or `.yml`', got: show(name) };
  if (names !== undefined && ending !== 'csv') return { code: 'wrong-rows', message: '`columns` is for CSV without a header line', fix: 'Take `columns` out' };
  if (sizeBytes > largestBytes) return { code: 'wrong-rows', message: `The fixture ${show(name)} is too large for the rows of a collection`, expected: `at most ${formatSize(largestBytes)}`, got: formatSize(sizeBytes) };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(fixture.read());
    return ending === 'csv' ? csvSource(name, text, names, columns) : listSource(name, ending === 'json' ? readJson(text) : readYamlValue(text));
  } catch (error) {
    return unreadable(name, error);
  }
}

/** Rows that are written in the scenario itself. */
export function inlineSource(rows: readonly Readonly<Record<string, unknown>>[]): SeedSource {
  return { rows: rows.map((row) => rowOf(row as Row)), place: (index) => `Row ${index + 1}` };
}

function csvSource(name: string, text: string, names: readonly string[] | undefined, columns: ReadonlyMap<string, ColumnType>): SeedSource | Mistake {
  const { rows, lines } = readCsvRows(text, { names, columns });
  return rows.length > mostRows ? tooMany(name, rows.length) : { rows, place: (index) => `${show(name)} line ${lines[index]}` };
}

function listSource(name: string, value: Json): SeedSource | Mistake {
  if (!Array.isArray(value)) return { code: 'wrong-rows', message: `The fixture ${show(name)} holds no rows`, expected: 'a list of maps', got: gotWords(value) };
  const list = value as readonly Json[];
  const stray = list.findIndex((item) => valueKind(item) !== 'map');
  if (stray !== -1) return { code: 'wrong-rows', message: `${show(name)} row ${stray + 1} is no row`, expected: 'a map of fields', got: gotWords(list[stray]) };
  return list.length > mostRows ? tooMany(name, list.length) : { rows: list.map((item) => rowOf(item as Row)), place: (index) => `${show(name)} row ${index + 1}` };
}

function readJson(text: string): Json {
  if (deeperThan(text, maxJsonDepth)) throw new SyntaxError(`it is nested deeper than ${maxJsonDepth} levels`);
  return parseJson(text);
}

function tooMany(name: string, count: number): Mistake {
  return { code: 'wrong-rows', message: `The fixture ${show(name)} has too many rows`, expected: `at most ${mostRows}`, got: String(count) };
}

function unreadable(name: string, error: unknown): Mistake {
  const reason = error instanceof CsvProblem || error instanceof SyntaxError ? error.message : error instanceof TypeError ? 'it is not UTF-8' : null;
  if (reason === null) throw error;
  return { code: 'wrong-rows', message: `The fixture ${show(name)} cannot be read: ${reason}` };
}
