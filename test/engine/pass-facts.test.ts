import { describe, expect, it } from 'vitest';
import { keyText, PassFacts } from '../../src/engine/pass-facts.ts';
import { makeRequest } from '../support/facts.ts';
import { context, Rehearsing } from './live.ts';

describe('the facts of a pass', () => {
  it('give names and rest of the path as decoded once, without prototypes', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a/{__proto__}/{id}/**': {} } });
    const { params } = new PassFacts(makeRequest({ url: '/a/x/y%2Fz%2525/q/r/' }), rehearsing.route('GET /a/{__proto__}/{id}/**'), rehearsing.world, context);
    expect(Object.entries(params)).toEqual([['__proto__', 'x'], ['id', 'y/z%25'], ['**', 'q/r/']]);
    expect(Object.getPrototypeOf(params)).toBeNull();
    expect(params['constructor']).toBeUndefined();
  });

  it('keep the number of the call that they began with, after the world has moved on', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a': { respond: { text: '${{ call }}' } } } });
    const facts = new PassFacts(makeRequest({ url: '/a' }), rehearsing.route('GET /a'), rehearsing.world, context);
    rehearsing.world.commit(rehearsing.world.version, facts.changes());
    expect([facts.call, new PassFacts(makeRequest({ url: '/a' }), rehearsing.route('GET /a'), rehearsing.world, context).call]).toEqual([1, 2]);
  });

  it('draw what depends on seed, label and call, never on the session', async () => {
    const rehearsing = await Rehearsing.of({ routes: { 'GET /a': {} } });
    const draw = (label: string, given: object = {}) => new PassFacts(makeRequest({}), rehearsing.route('GET /a'), rehearsing.world, { ...context, ...given }).random(label).next();
    expect(draw('x', { session: 'other', nowMs: 5 })).toBe(draw('x'));
    expect(new Set([draw('x'), draw('y'), draw('x', { seed: 2 })]).size).toBe(3);
  });

  it('stand for a request without a route: first call, no names, no counters', async () => {
    const rehearsing = await Rehearsing.of({ routes: {} });
    const view = { version: 0, count: () => 7, window: () => ({ count: 1, resetMs: 0 }), kept: () => null, memory: () => rehearsing.world.memory('one') };
    const facts = new PassFacts(makeRequest({}), null, view, context);
    expect([facts.call, { ...facts.params }, facts.changes()]).toEqual([1, {}, []]);
  });
});

describe('keyText', () => {
  it('is short and on one line for values of any size, and tells them apart', () => {
    const texts = ['a', `${'x'.repeat(2_000_000)}`, `${'x'.repeat(1_999_999)}y`, { a: [1, 9_007_199_254_740_993n] }, null, undefined, 12n].map(keyText);
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(520);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
