import { describe, expect, it } from 'vitest';
import { selectScenarios, unknownScenario, type Selections } from '../../src/engine/selection.ts';
import type { Plan, Scenario } from '../../src/model/index.ts';

const scenario = (name: string, root: string): [string, Scenario] => [name, { name, root } as Scenario];
const plan: Plan = { roots: ['bank', 'shop'], scenarios: new Map([scenario('bank', 'bank'), scenario('shop', 'shop'), ...['h', 'p', 's', 'e', 'f', 'g'].map((name) => scenario(`shop-${name}`, 'shop')), scenario('bank-down', 'bank')]) };
const nothing: Selections = { header: null, prefix: null, session: null, everybody: new Map(), start: [] };
const all: Selections = { header: 'shop-h', prefix: 'shop-p', session: new Map([['shop', 'shop-s']]), everybody: new Map([['shop', 'shop-e']]), start: ['shop-f'] };

describe('the scenario of a root', () => {
  it('is chosen by header, prefix, session, everybody, start, and is else the root itself: the first of them', () => {
    const steps: readonly [Partial<Selections>, string][] = [[{}, 'shop-h'], [{ header: null }, 'shop-p'], [{ prefix: null }, 'shop-s'], [{ session: null }, 'shop-e'], [{ everybody: new Map() }, 'shop-f'], [{ start: [] }, 'shop']];
    let selections = all;
    for (const [change, expected] of steps) {
      selections = { ...selections, ...change };
      expect(selectScenarios(plan, selections)).toEqual(['bank', expected]);
    }
  });

  it('is chosen for each root apart', () => {
    expect(selectScenarios(plan, { ...nothing, header: 'shop-h', prefix: 'bank-down' })).toEqual(['bank-down', 'shop-h']);
    expect(selectScenarios(plan, { ...nothing, start: ['bank-down', 'shop-f', 'shop-g'] })).toEqual(['bank-down', 'shop-g']);
  });

  it('may be taken back to the root by name', () => {
    expect(selectScenarios(plan, { ...all, header: 'shop' })).toEqual(['bank', 'shop']);
  });

  it('is unknown when header or prefix name none, and passed over when a reload took a selected one away', () => {
    expect(selectScenarios(plan, { ...nothing, header: 'nope' })).toEqual({ unknown: 'nope' });
    expect(selectScenarios(plan, { ...all, prefix: '__proto__' })).toEqual({ unknown: '__proto__' });
    expect(selectScenarios(plan, { ...nothing, session: new Map([['shop', 'gone']]), everybody: new Map([['shop', 'bank-down']]), start: ['gone', 'shop-f'] })).toEqual(['bank', 'shop-f']);
  });

  it('that is unknown is answered with those there are and what was meant', () => {
    expect(unknownScenario(plan, 'shop-')).toMatch(/^There is no scenario `shop-`\. Did you mean `shop(-.)?`\? There are: bank, bank-down, shop, shop-e/);
    expect(unknownScenario({ roots: ['a'], scenarios: new Map([scenario('a', 'a')]) }, 'zzz')).toBe('There is no scenario `zzz`. There is: a');
  });
});
