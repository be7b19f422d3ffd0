import { show } from '../base/show.ts';
import type { ActOutcome } from '../model/index.ts';
import { refused } from './json-answer.ts';

/** A query parameter that a resource cannot make anything of: answered with 400. */
export class BadQuery extends Error {
  constructor(parameter: string, expected: string, got: unknown, fix?: string) {
    super(`query \`${parameter}\`: expected ${expected}, got ${show(got)}${fix ? `. ${fix}` : ''}`);
    this.name = 'BadQuery';
  }
}

/** What the act comes to; 400 when it throws BadQuery. */
export function orBadQuery(act: () => ActOutcome): ActOutcome {
  try {
    return act();
  } catch (error) {
    if (error instanceof BadQuery) return refused(400, error.message);
    throw error;
  }
}
