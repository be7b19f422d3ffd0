import { isNumeric, type Json } from '../base/json.ts';
import { need, type Compiler, type Facts, type Needs, type Template } from '../model/index.ts';
import { isTestMap } from './values/operators.ts';
import type { Where } from './where.ts';

/**
 * Compiles the expressions of `where`. What an expression gives stands for itself: a map that comes from a request is a map to be
 * equal to, never a test, so that nobody slips `{ present: true }` in where a name was asked for. Null after a mistake.
 */
export function whereTemplate(where: Where, compiler: Compiler): Template<Where> | null {
  return mapTemplate(where, compiler, false) as Template<Where> | null;
}

/** The same for one test, such as that of `id`. */
export function testTemplate(raw: Json, compiler: Compiler): Template<Json> | null {
  if (typeof raw === 'string') return raw.includes('${{') ? guarded(compiler.template<Json>(raw)) : fixed(raw);
  if (typeof raw !== 'object' || raw === null || isNumeric(raw)) return fixed(raw);
  if (Array.isArray(raw)) return listTemplate(raw, compiler);
  return mapTemplate(raw as Where, compiler, isTestMap(raw));
}

function listTemplate(list: readonly Json[], compiler: Compiler): Template<Json> | null {
  const items = list.map((item, index) => testTemplate(item, compiler.at(index)));
  return together(items, (facts, known) => known.map((item) => item.render(facts)));
}

function mapTemplate(map: Where, compiler: Compiler, isTest: boolean): Template<Json> | null {
  const keys = Object.keys(map);
  const values = keys.map((key) => (isTest && (key === 'equals' || key === 'oneOf') ? compiler.at(key).template<Json>(map[key]) : testTemplate(map[key]!, compiler.at(key))));
  const names = keys.map((key) => (key.includes('${{') ? compiler.template<Where>({ [key]: null }) : fixed<Where>({ [key]: null })));
  return together([...values, ...names], (facts, known) => {
    const filled: Record<string, Json> = Object.create(null);
    for (let index = 0; index < keys.length; index += 1) {
      const [name] = Object.keys(known[keys.length + index]!.render(facts) as Where);
      filled[name!] = known[index]!.render(facts);
    }
    return filled;
  });
}

/** A list or map of parts: made anew for each request only when a request can change it. Null when a part is. */
function together(parts: readonly (Template<Json> | null)[], render: (facts: Facts, parts: readonly Template<Json>[]) => Json): Template<Json> | null {
  if (parts.includes(null)) return null;
  const known = parts as readonly Template<Json>[];
  if (known.every((part) => part.fixed)) return fixedOnce((facts) => render(facts, known));
  return { needs: known.reduce((needs: Needs, part) => needs | part.needs, need.nothing), fixed: false, render: (facts) => render(facts, known) };
}

function fixed<T extends Json>(value: T): Template<T> {
  return { needs: need.nothing, fixed: true, render: () => value };
}

function fixedOnce(make: (facts: Facts) => Json): Template<Json> {
  let made: { readonly value: Json } | null = null;
  return { needs: need.nothing, fixed: true, render: (facts) => (made ??= { value: make(facts) }).value };
}

function guarded(template: Template<Json> | null): Template<Json> | null {
  return template && { ...template, render: (facts) => asValue(template.render(facts)) };
}

function asValue(value: Json): Json {
  return typeof value === 'object' && value !== null && !isNumeric(value) ? { equals: value } : value;
}
