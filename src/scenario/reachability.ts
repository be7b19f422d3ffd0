import { stringifyJson } from '../base/json.ts';

/** Subsets of at most this many conditions are looked up: 2^6 per rule. */
const mostConditions = 6;

/** Groups under `when` whose entries are conditions of their own. */
const groups = new Set(['query', 'headers', 'cookies', 'params', 'form', 'jsonPath', 'xpath', 'multipart']);

/** Conditions that may come out differently when the same request is asked twice. */
const drawn = /(?:^|\n)chance |"chance"|random\(|fake\(|uuid\(|token\(/;

export interface Blocker<R> {
  readonly rule: R;
  /** The earlier rule has no `when`. */
  readonly always: boolean;
  /** Both have the same conditions. */
  readonly same: boolean;
}

/**
 * Tells of a list of `when`s, in order, which can never hold because an earlier one holds whenever they do: it asks for
 * nothing, for the same, or for some of the same conditions. Linear in the number of rules.
 */
export class Reachability<R> {
  readonly #seen = new Map<string, R>();
  #always: R | undefined;
  /** Those last asked about: a rule is looked up, then added. */
  #last: { readonly when: unknown; readonly own: readonly string[] | null } | null = null;

  blocker(when: unknown): Blocker<R> | null {
    if (this.#always !== undefined) return { rule: this.#always, always: true, same: this.#conditions(when)?.length === 0 };
    const own = this.#conditions(when);
    if (!own || own.length === 0) return null;
    const same = this.#seen.get(own.join('\n'));
    if (same !== undefined) return { rule: same, always: false, same: true };
    if (own.length < 2 || own.length > mostConditions) return null;
    for (let subset = 1; subset < 2 ** own.length - 1; subset += 1) {
      const rule = this.#seen.get(own.filter((_, index) => (subset >> index) & 1).join('\n'));
      if (rule !== undefined) return { rule, always: false, same: false };
    }
    return null;
  }

  add(when: unknown, rule: R): void {
    const own = this.#conditions(when);
    if (own?.length === 0) this.#always ??= rule;
    else if (own && !drawn.test(own.join('\n'))) this.#seen.set(own.join('\n'), rule);
  }

  #conditions(when: unknown): readonly string[] | null {
    if (this.#last === null || this.#last.when !== when) this.#last = { when, own: conditions(when) };
    return this.#last.own;
  }
}

/** The conditions of a `when`, sorted; null for one that is no map. */
function conditions(when: unknown): readonly string[] | null {
  if (when === undefined || when === null) return [];
  if (typeof when !== 'object' || Array.isArray(when)) return null;
  const found: string[] = [];
  for (const [key, value] of Object.entries(when)) {
    if (groups.has(key) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const names = Object.entries(value);
      for (const [name, test] of names) found.push(`${key} ${key === 'headers' ? name.toLowerCase() : name} ${valueText(test)}`);
      if (names.length === 0) found.push(key);
    } else found.push(`${key} ${valueText(value)}`);
  }
  return found.sort();
}

/** A value as text, apart for each kind of value; the plain ones without the cost of JSON. */
function valueText(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : typeof value === 'number' ? String(value) : stringifyJson(sorted(value, 0));
}

/** The same value with map keys in order, so that the order of writing does not tell two conditions apart. */
function sorted(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > 100) return value;
  if (Array.isArray(value)) return value.map((item) => sorted(item, depth + 1));
  if ('isLosslessNumber' in value) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value).sort()) copy[key] = sorted((value as Record<string, unknown>)[key], depth + 1);
  return copy;
}
