import type { Collection, Compiler } from '../model/index.ts';
import { usualMostRows, usualSize, type PageValue } from './resource-shape.ts';

/** What query parameters of a list are for, beside filters. */
export type Role = 'page' | 'offset' | 'cursor' | 'size' | 'sort' | 'fields';

/** How a list is given in pages. */
export interface Paging {
  readonly by: 'number' | 'offset' | 'cursor' | 'none';
  /** Whether the list comes in pages even when nobody asks. */
  readonly always: boolean;
  /** Rows of a page when the client does not say. */
  readonly size: number;
  /** The most rows of a page. */
  readonly max: number;
  /** Role to the name of its parameter; none for a role that this style does not have, or whose usual name is a column's. */
  readonly names: ReadonlyMap<Role, string>;
  /** Another name under which clients may say how many rows they want; null where it has one of the author's, or is a column's. */
  readonly sizeToo: string | null;
  /** Keys of the map around the list; null: the body is the list. */
  readonly envelope: { readonly items: string; readonly next: string | null; readonly total: string | null } | null;
}

const roles: Readonly<Record<Paging['by'], Partial<Readonly<Record<Role, string>>>>> = {
  number: { page: 'page', size: 'size' },
  offset: { offset: 'offset', size: 'limit' },
  cursor: { cursor: 'cursor', size: 'limit' },
  none: {},
};

/** Compiles `page`. A column whose name is also a parameter's usual name is filtered by, and the parameter needs another name. */
export function compilePaging(value: PageValue | undefined, collection: Collection, compiler: Compiler): Paging {
  const by = value?.by ?? 'number';
  const max = value?.max ?? Math.max(usualMostRows, value?.size ?? 0);
  const size = value?.size ?? Math.min(usualSize, max);
  if (size > max) compiler.at('size').mistake({ code: 'wrong-value', message: '`size` is more than a client may ask for', expected: `at most \`max\`, ${max}`, got: String(size) });
  const names = namesOf(by, value, collection, compiler);
  const sizeToo = [...names].some(([role, name]) => role === 'size' && name === 'size' && value?.params?.size === undefined) && ![...collection.columns.keys(), ...names.values()].includes('limit') ? 'limit' : null;
  return { by, always: value !== undefined && by !== 'none', size, max, names, sizeToo, envelope: envelopeOf(value, by, compiler) };
}

function namesOf(by: Paging['by'], value: PageValue | undefined, { name, columns }: Collection, compiler: Compiler): ReadonlyMap<Role, string> {
  const usual: Partial<Readonly<Record<Role, string>>> = { ...roles[by], sort: 'sort', fields: 'fields' };
  const given: Partial<Readonly<Record<Role, string>>> = value?.params ?? {};
  const names = new Map<Role, string>();
  const site = compiler.at('params');
  for (const role of ['page', 'offset', 'cursor', 'size', 'sort', 'fields'] as const) {
    const written = given[role];
    if (written !== undefined && usual[role] === undefined) {
      site.mistake({ code: 'idle-option', message: `A list paged \`by: ${by}\` has no parameter \`${role}\``, expected: `one of ${Object.keys(usual).map((one) => `\`${one}\``).join(', ')}`, got: `\`${role}\`` }, [role], 'key');
      continue;
    }
    const parameter = written ?? usual[role];
    if (parameter === undefined) continue;
    const other = [...names].find(([, one]) => one === parameter)?.[0];
    if (other !== undefined) site.mistake({ code: 'taken-name', message: `\`${role}\` and \`${other}\` cannot both be the parameter \`${parameter}\``, fix: 'Give one of them another name under `params`' }, written === undefined ? [] : [role]);
    else if (!columns.has(parameter)) names.set(role, parameter);
    else if (written !== undefined) site.mistake({ code: 'taken-name', message: `\`${parameter}\` is a field of \`${name}\`, by which lists are filtered`, expected: 'the name of no field', got: `\`${parameter}\`` }, [role]);
    else if (value !== undefined && role === by.replace('number', 'page')) site.mistake({ code: 'taken-name', message: `Pages cannot be asked for: \`${parameter}\` is a field of \`${name}\`, by which lists are filtered`, fix: `Give the parameter a name: \`params: { ${role}: … }\`` });
  }
  return names;
}

function envelopeOf(value: PageValue | undefined, by: Paging['by'], compiler: Compiler): Paging['envelope'] {
  const { items, next = null, total = null } = value ?? {};
  if (items === undefined) {
    for (const key of ['next', 'total'] as const) if (value?.[key] !== undefined) compiler.at(key).mistake({ code: 'missing-key', message: `\`${key}\` stands beside the list, and the list has no key`, expected: '`items` beside it', got: 'a bare list', fix: `Write \`items: items\`; without it, ${key === 'next' ? 'the header `Link` leads to the next page' : 'the header `X-Total-Count` tells how many rows there are'}` }, [], 'key');
    return null;
  }
  if (next !== null && by === 'none') compiler.at('next').mistake({ code: 'idle-option', message: 'A list that is always whole has no next page', fix: 'Take `next` out, or write `by: number`, `offset` or `cursor`' }, [], 'key');
  for (const [key, one, others] of [['next', next, [items]], ['total', total, [items, next]]] as const) {
    if (one !== null && others.includes(one)) compiler.at(key).mistake({ code: 'taken-name', message: `\`${one}\` cannot be two things in one map`, fix: 'Give one of them another name' });
  }
  return { items, next, total };
}
