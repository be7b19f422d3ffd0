import type { Facts, Pin, Rule } from '../model/index.ts';

/** Below this number of rules, trying them one by one is quicker than looking them up. */
const smallRoute = 8;

interface Group {
  readonly in: Pin['in'];
  readonly name: string;
  /** Positions of rules by the value that they ask for, ascending. */
  readonly byValue: Map<string, number[]>;
}

/**
 * Tells which rules of a route can hold at all, by the value that each of them pins (`query: { id: 7 }`). Ten thousand rules
 * that differ in one value cost as much as one.
 */
export class RuleIndex {
  readonly #count: number;
  readonly #groups: readonly Group[];
  /** Positions of rules that pin nothing, ascending. */
  readonly #always: readonly number[];

  constructor(rules: readonly Rule[]) {
    this.#count = rules.length;
    const groups = new Map<string, Group>();
    const always: number[] = [];
    if (rules.length > smallRoute) {
      for (const rule of rules) {
        const pin = rule.when?.pins[0];
        if (pin) addTo(groups, pin, rule.index);
        else always.push(rule.index);
      }
    }
    this.#groups = [...groups.values()];
    this.#always = always;
  }

  /** Positions of the rules worth trying, ascending; null means all of them. */
  candidates(facts: Facts): readonly number[] | null {
    if (this.#count <= smallRoute || this.#groups.length > maxGroups) return null;
    const found: number[] = [...this.#always];
    for (const group of this.#groups) {
      for (const value of valuesOf(facts, group)) {
        const positions = group.byValue.get(value);
        if (positions) found.push(...positions);
      }
    }
    return found.length > 1 ? [...new Set(found)].sort((a, b) => a - b) : found;
  }
}

/** With more different names than this, looking up costs more than it saves. */
const maxGroups = 64;

function addTo(groups: Map<string, Group>, pin: Pin, index: number): void {
  const key = `${pin.in} ${pin.name}`;
  const group = groups.get(key) ?? { in: pin.in, name: pin.name, byValue: new Map<string, number[]>() };
  groups.set(key, group);
  const positions = group.byValue.get(pin.value);
  if (positions) positions.push(index);
  else group.byValue.set(pin.value, [index]);
}

const none: readonly string[] = [];

function valuesOf(facts: Facts, group: Group): readonly string[] {
  if (group.in !== 'params') return facts.request[group.in].get(group.name) ?? none;
  return Object.hasOwn(facts.params, group.name) ? [facts.params[group.name]!] : none;
}
