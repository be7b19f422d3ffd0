import { stringifyJson } from '../base/json.ts';
import { ExpressionFailure, need, type Compiler, type Facts, type Needs } from '../model/index.ts';
import { noFacts } from './no-facts.ts';

/** A value of a reply: known at load, or worked out per request. `get` may throw ExpressionFailure unless it is fixed. */
export interface Value<T> {
  readonly needs: Needs;
  readonly fixed: boolean;
  get(facts: Facts): T;
}

export function constant<T>(value: T): Value<T> {
  return { needs: need.nothing, fixed: true, get: () => value };
}

/**
 * A value with `${{ }}` in it, filled and then read by `read`, which throws {@link Unfit} for what it cannot use: a mistake at
 * load when nothing can change it, otherwise an ExpressionFailure of the request. Null after a mistake.
 */
export function filled<T>(source: unknown, compiler: Compiler, read: (value: unknown) => T): Value<T> | null {
  const template = compiler.template(source);
  if (!template) return null;
  if (!template.fixed) return { needs: template.needs, fixed: false, get: (facts) => readOrFail(source, template.render(facts), read) };
  try {
    return constant(read(template.render(noFacts)));
  } catch (error) {
    if (error instanceof Unfit) compiler.mistake({ code: 'wrong-value', message: error.message, expected: error.expected, got: error.got });
    else if (error instanceof ExpressionFailure) compiler.mistake({ code: 'failing-expression', message: error.message });
    else throw error;
    return null;
  }
}

function readOrFail<T>(source: unknown, value: unknown, read: (value: unknown) => T): T {
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    throw new ExpressionFailure(typeof source === 'string' ? source : stringifyJson(source), `${error.message}: expected ${error.expected}, got ${error.got}`);
  }
}

/** What an expression gave cannot be used in its place. */
export class Unfit extends Error {
  readonly expected: string;
  readonly got: string;
  constructor(message: string, expected: string, got: string) {
    super(message);
    this.expected = expected;
    this.got = got;
  }
}

/** A value as text: text as it is, nothing for null, numbers with their digits, maps and lists as JSON. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? stringifyJson(value) : String(value);
}
