import { didYouMean } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import { isNumeric } from '../base/json.ts';
import { gotWords } from '../shapes/index.ts';
import type { Mistake } from '../base/diagnostic.ts';
import type { Path } from '../base/place.ts';
import type { Collection, Scheme } from '../model/index.ts';
import type { Declared } from './declarations.ts';
import type { Mistakes } from './mistakes.ts';
import type { Places } from './places.ts';

interface Asked {
  readonly state: string;
  readonly places: Places;
  readonly path: Path;
}

interface Added {
  readonly name: string;
  /** The value that the variable begins with. */
  readonly first: unknown;
  readonly places: Places;
  readonly path: Path;
}

/** What the scenarios of one root, variations and all, say of their states and schemes: gathered while their rules are compiled. */
export class RootUses {
  readonly #entered = new Set<string>();
  readonly #first = new Set<string>();
  readonly #asked: Asked[] = [];
  readonly #schemes = new Set<string>();
  readonly #set = new Set<string>();
  readonly #added: Added[] = [];
  #entersAny = false;

  /** Every state that is named; null when an expression may give another. */
  get states(): ReadonlySet<string> | null {
    return this.#entersAny ? null : new Set([...this.#first, ...this.#entered, ...this.#asked.map(({ state }) => state)]);
  }

  begins(state: string): void {
    this.#first.add(state);
  }

  enters(state: string | null): void {
    if (state === null) this.#entersAny = true;
    else this.#entered.add(state);
  }

  asks(asked: Asked): void {
    this.#asked.push(asked);
  }

  usesScheme(name: string): void {
    this.#schemes.add(name);
  }

  sets(variable: string): void {
    this.#set.add(variable);
  }

  adds(added: Added): void {
    this.#added.push(added);
  }

  /** Variables that begin as no number, are never set to one, and are added to. */
  checkVariables(mistakes: Mistakes): void {
    for (const { name, first, places, path } of this.#added) {
      if (isNumeric(first) || this.#set.has(name)) continue;
      mistakes.add(places, path, { code: 'no-number', message: `Nothing can be added to the variable \`${name}\`, which is no number`, expected: `a number under \`vars\`, such as \`${name}: 0\``, got: gotWords(first ?? null), fix: `Let it begin as a number, or \`set\` it to one first` }, 'key');
    }
  }

  /** Rules that wait for a state which nothing enters, and for a first state which nothing leaves. */
  checkStates(mistakes: Mistakes): void {
    if (this.#entersAny || this.#first.size === 0) return;
    const reached = new Set([...this.#first, ...this.#entered]);
    const moves = [...this.#entered].some((state) => !this.#first.has(state)) || this.#first.size > 1;
    for (const { state, places, path } of this.#asked) {
      if (!reached.has(state)) mistakes.add(places, path, { code: 'state-never-entered', message: `No rule moves to the state ${show(state)}`, expected: `one of ${[...reached].sort().map((name) => `\`${name}\``).join(', ')}`, got: show(state), fix: didYouMean(state, reached) ?? `Let a rule \`do: { state: ${state} }\`` });
      else if (!moves) mistakes.add(places, path, { code: 'state-never-left', message: `The state ${show(state)} is never left, so this always holds`, expected: 'a rule that moves to another state', fix: 'Let a rule `do: { state: … }`, or take the condition out' });
    }
  }

  checkSchemes(declared: Declared, mistakes: Mistakes): void {
    for (const { name, places, path } of declared.auth.values()) {
      if (!this.#schemes.has(name)) mistakes.add(places, path, { code: 'unused-scheme', message: `No rule asks for the scheme \`${name}\``, expected: `\`requires: ${name}\` at the top, or \`auth: ${name}\` in a rule`, fix: 'Ask for it, or take it out' }, 'key');
    }
  }
}

/** What rules may name, as their scenario declares it. */
export class DeclaredNames {
  readonly declared: Declared;
  readonly uses: RootUses;
  readonly collections = new Map<string, Collection>();
  readonly schemes = new Map<string, Scheme>();

  constructor(declared: Declared, uses: RootUses) {
    this.declared = declared;
    this.uses = uses;
  }

  get collectionNames(): readonly string[] {
    return [...this.declared.collections.keys()];
  }

  get variableNames(): readonly string[] {
    return [...this.declared.vars.keys()];
  }

  /** Why a name cannot be used; null when it can, or when the mistake has been told where it is declared. */
  problemOfCollection(name: string): Mistake | null {
    return this.#problem(name, this.declared.collections, 'collection', 'collections');
  }

  problemOfScheme(name: string): Mistake | null {
    return this.#problem(name, this.declared.auth, 'scheme', 'auth');
  }

  problemOfVariable(name: string): Mistake | null {
    return this.#problem(name, this.declared.vars, 'variable', 'vars');
  }

  #problem(name: string, known: ReadonlyMap<string, unknown>, kind: string, key: string): Mistake | null {
    if (known.has(name)) return null;
    const names = [...known.keys()].map((one) => `\`${one}\``).join(', ');
    return { code: `unknown-${kind}`, message: `There is no ${kind} ${show(name)}`, expected: names === '' ? `a ${kind} declared under \`${key}\` at the top` : `one of ${names}`, got: show(name), fix: didYouMean(name, known.keys()) };
  }
}
