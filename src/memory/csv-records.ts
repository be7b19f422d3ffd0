/** One record of CSV text. A cell with nothing in it is null; one with nothing between quotes is empty text. */
export interface CsvRecord {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly (string | null)[];
}

/** Text that is no CSV. */
export class CsvProblem extends Error {
  override readonly name = 'CsvProblem';
  /** From 1. */
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.line = line;
  }
}

/** More records than a collection has rows are not read. */
const mostRecords = 1_000_001;

const comma = 44;
const quote = 34;
const newline = 10;
const carriageReturn = 13;

/** The records of CSV text (RFC 4180 §2), lines ended by CRLF, LF or CR. Empty lines are left out. Throws CsvProblem. */
export function csvRecords(text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  let cells: (string | null)[] = [];
  let line = 1;
  let begun = 1;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    let end: number;
    if (text.charCodeAt(at) === quote) {
      const cell = quotedCell(text, at, line);
      cells.push(cell.text);
      line += cell.lines;
      ({ end } = cell);
    } else {
      end = endOfCell(text, at);
      cells.push(end === at ? null : text.slice(at, end));
    }
    const code = text.charCodeAt(end);
    at = end + 1;
    if (code === comma && at < text.length) continue;
    if (code === comma) cells.push(null);
    if (code === carriageReturn && text.charCodeAt(at) === newline) at += 1;
    if (cells.length > 1 || cells[0] !== null) records.push({ line: begun, cells });
    if (records.length > mostRecords) throw new CsvProblem(line, `there are more than ${mostRecords} lines`);
    cells = [];
    line += 1;
    begun = line;
  }
  return records;
}

function endOfCell(text: string, start: number): number {
  let end = start;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === comma || code === newline || code === carriageReturn) break;
  }
  return end;
}

/** A cell in quotes, in which `""` is one quote. */
function quotedCell(text: string, start: number, line: number): { readonly text: string; readonly end: number; readonly lines: number } {
  let cell = '';
  let from = start + 1;
  for (;;) {
    const at = text.indexOf('"', from);
    if (at === -1) throw new CsvProblem(line, 'a quote is never closed');
    cell += text.slice(from, at);
    if (text.charCodeAt(at + 1) !== quote) {
      const end = at + 1;
      const next = text.charCodeAt(end);
      const lines = cell.match(/\r\n|\r|\n/g)?.length ?? 0;
      if (end < text.length && next !== comma && next !== newline && next !== carriageReturn) throw new CsvProblem(line + lines, 'there are letters behind a closing quote; a quote within quotes is written `""`');
      return { text: cell, end, lines };
    }
    cell += '"';
    from = at + 2;
  }
}
