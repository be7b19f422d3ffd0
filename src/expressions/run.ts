import type { Facts, Random } from '../model/index.ts';

/** Steps that one evaluation may take: half an item looped over, a call, 64 letters of text made or read. */
const budget = 2_000_000;

/** Letters or bytes that one text made by an expression may have. */
export const longestText = 32 * 1024 * 1024;

/**
 * Why an expression cannot go on. `missing`: a name is not there, which `default()` and `has()` answer for; `costly`: nothing
 * in the expression may catch it. Part of the everyday course of a loop with `default()`, so it takes no stack trace.
 */
export class Problem extends Error {
  readonly kind: 'missing' | 'failed' | 'costly';
  constructor(reason: string, kind: 'missing' | 'failed' | 'costly' = 'failed') {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(reason);
    Error.stackTraceLimit = stackTraceLimit;
    this.kind = kind;
  }
}

/** One evaluation: the facts it reads, its variables, its randomness and what it may still cost. */
export class Run {
  readonly facts: Facts;
  /** Values of loop variables, by the slot that compiling gave them. */
  readonly slots: unknown[] = [];
  readonly #label: string;
  #made: Map<object, unknown> | null = null;
  #random: Random | null = null;
  #stepsLeft = budget;

  constructor(facts: Facts, label: string) {
    this.facts = facts;
    this.#label = label;
  }

  /** The generator of this expression in this call; every draw advances it. */
  get random(): Random {
    return (this.#random ??= this.facts.random(this.#label));
  }

  /** What `make` gave the first time that it was asked for under this key in this evaluation. */
  once<T>(key: object, make: (facts: Facts) => T): T {
    this.#made ??= new Map();
    if (!this.#made.has(key)) this.#made.set(key, make(this.facts));
    return this.#made.get(key) as T;
  }

  /** Throws a Problem that nothing in the expression can catch once the budget is spent. */
  spend(steps: number): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) throw new Problem('it takes too many steps', 'costly');
  }
}
