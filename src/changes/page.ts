import { cheapestNumber } from '../base/json.ts';
import { kindOf, show } from '../base/show.ts';
import { need, type Compiler, type Facts, type Needs } from '../model/index.ts';
import { byKind, dynamic, DynamicText, number, object, optional, type Out } from '../shapes/index.ts';
import { bad, isRefusal, type Refusal } from './outcome.ts';

/** Rows of a page where nothing says how many. */
const usualSize = 20;
/** Rows of a page, at most. */
const mostPage = 10_000;
const lastPage = 1_000_000_000;

const pageNumber = dynamic(number({ min: 1, expected: 'the number of a page, from 1' }));
const pageSize = dynamic(number({ min: 1, max: mostPage }));

/** `2`, or `{ number, size }`. */
export const pageShape = byKind([pageNumber, object({ number: optional(pageNumber), size: optional(pageSize) }, { name: '`page`', expected: '`{ number, size }`', foreign: { page: 'Write `number`', limit: 'Write `size`' } })], {
  expected: 'the number of a page, or `{ number, size }`',
  about: `The page, from 1: a number, with \`limit\` for its size, or \`{ number, size }\`; ${usualSize} rows unless said. \`as\` is then a map with \`.rows\`, \`.total\` (rows on all pages) and \`.next\` (the number of the next page, null on the last).`,
});

/** The number of rows at most. */
export const limitShape = { ...dynamic(number({ min: 0 })), about: 'How many rows at most.' };

type Written = number | DynamicText | undefined;

/** A whole number of the language or of a request: null when none was given. */
export interface Count {
  readonly needs: Needs;
  of(facts: Facts): number | null | Refusal;
}

/** A whole number, at least `least`. What a request gives below or above that is taken for the nearest that will do; what is no whole number is refused. */
export function compileCount(written: Written, name: string, bounds: { readonly least: number; readonly most: number }, compiler: Compiler): Count {
  if (!(written instanceof DynamicText)) return { needs: need.nothing, of: () => written ?? null };
  const template = compiler.template(written.source);
  return {
    needs: template?.needs ?? need.nothing,
    of(facts) {
      const given = wholeNumber(template?.render(facts));
      if (given !== 'none' && typeof given !== 'object') return Math.min(Math.max(given, bounds.least), bounds.most);
      if (given === 'none') return null;
      const message = `\`${name}\`: expected a whole number, got ${given.got}`;
      return bad(`The rows cannot be given: ${message}`, [{ field: name, expected: 'a whole number', got: given.got, message }]);
    },
  };
}

/** What a request gave, as a number: of digits beyond counting, the largest there is. */
function wholeNumber(value: unknown): number | 'none' | { readonly got: string } {
  if (value === undefined || value === null || value === '') return 'none';
  const text = typeof value === 'string' ? value.trim() : String(cheapestNumber(value));
  if (/^[+-]?\d{1,400}$/.test(text) && typeof value !== 'boolean') return Number(text);
  return { got: typeof value === 'object' ? kindOf(value) : show(value) };
}

/** Which page of how many rows. */
export interface Page {
  readonly number: number;
  readonly size: number;
}

/** `limit` is the size of the page where `page` does not say. */
export function compilePage(written: Out<typeof pageShape>, limit: Count, compiler: Compiler): { readonly needs: Needs; of(facts: Facts): Page | Refusal } {
  const map = typeof written === 'number' || written instanceof DynamicText ? null : written;
  const at = map === null ? compiler : compiler.at('number');
  const which = compileCount(map === null ? (written as Written) : map.number, 'page', { least: 1, most: lastPage }, at);
  const size = map?.size === undefined ? limit : compileCount(map.size, 'size', { least: 1, most: mostPage }, compiler.at('size'));
  return {
    needs: which.needs | size.needs,
    of(facts) {
      const page = which.of(facts) ?? 1;
      const rows = size.of(facts) ?? usualSize;
      if (isRefusal(page)) return page;
      return isRefusal(rows) ? rows : { number: page, size: Math.min(Math.max(rows, 1), mostPage) };
    },
  };
}
