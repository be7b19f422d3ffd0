import { asTextFields } from '../base/text-fields.ts';
import { Problem } from './run.ts';
import { asText, isMap, newMap } from './values.ts';

const mostRows = 1_000_000;

/**
 * The records of CSV text (RFC 4180), each a map by the names of the header line. A record that is too short has null for what
 * is missing; cells past the header are a list under `__extra`. Empty lines are left out. Throws Problem for a quote that is never closed.
 */
export function readCsv(text: string, separator = ','): readonly Record<string, unknown>[] {
  const [header, ...rows] = cells(text.startsWith('\ufeff') ? text.slice(1) : text, separator);
  return (header === undefined ? [] : rows).map((row) => {
    const record = newMap();
    header!.forEach((name, index) => (record[name] = row[index] ?? null));
    if (row.length > header!.length) record['__extra'] = row.slice(header!.length);
    return asTextFields(record);
  });
}

function cells(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const endRow = (): void => {
    if (row.length > 1 || row[0] !== '') rows.push(row);
    if (rows.length > mostRows) throw new Problem(`the CSV has more than ${mostRows} lines`);
    row = [];
  };
  while (at < text.length) {
    const [quoted, afterQuote] = text[at] === '"' ? quotedCell(text, at, rows.length + 1) : ['', at];
    const [bare, end] = bareCell(text, afterQuote, separator);
    row.push(quoted + bare);
    at = end;
    if (text.startsWith(separator, at)) {
      at += separator.length;
      if (at === text.length) row.push('');
      continue;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    endRow();
  }
  if (row.length > 0) endRow();
  return rows;
}

function bareCell(text: string, start: number, separator: string): readonly [string, number] {
  let end = start;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r' && text[end] !== separator) end += 1;
  return [text.slice(start, end), end];
}

/** A cell in quotes, in which `""` is one quote. Letters between the closing quote and the separator are kept, as spreadsheets do. */
function quotedCell(text: string, start: number, row: number): readonly [string, number] {
  let cell = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw new Problem(`line ${row} of the CSV has a quote that is never closed`);
    cell += text.slice(from, quote);
    if (text[quote + 1] !== '"') return [cell, quote + 1];
    cell += '"';
    from = quote + 2;
  }
}

/** CSV text (RFC 4180) of a list of maps, the header line from the keys of all of them in order of appearance. */
export function writeCsv(rows: readonly unknown[], separator = ','): string {
  const names = new Set<string>();
  for (const row of rows) {
    if (!isMap(row)) throw new Problem('`toCsv` needs a list of maps');
    for (const name of Object.keys(row)) names.add(name);
  }
  const header = [...names];
  if (header.length * rows.length > 2_000_000) throw new Problem('the CSV is too large', 'costly');
  const lines = [header, ...rows.map((row) => header.map((name) => (Object.hasOwn(row as object, name) ? asText((row as Record<string, unknown>)[name]) : '')))];
  return lines.map((line) => `${line.map((cell) => quoteCell(cell, separator)).join(separator)}\r\n`).join('');
}

function quoteCell(cell: string, separator: string): string {
  return cell.includes('"') || cell.includes(separator) || /[\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
