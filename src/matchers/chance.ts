import { need, type MatcherKind } from '../model/index.ts';
import { percent } from '../shapes/index.ts';
import { mismatch } from './mismatch.ts';

export const chance: MatcherKind<number, string> = {
  key: 'chance',
  about: 'Holds for this share of the calls, drawn from the seeded generator: the same seed and the same call give the same answer.',
  shape: percent('A share of the calls, such as `20%`.'),
  examples: [
    { yaml: '100%', request: {}, holds: true },
    { yaml: '0%', request: {}, holds: false, because: ['chance: expected one of 0% of the calls, got another'] },
  ],
  compile(share, compiler) {
    const label = `${compiler.label}/chance`;
    const expected = `one of ${Math.round(share * 1e6) / 1e4}% of the calls`;
    const holds: ReturnType<MatcherKind['compile']>['holds'] = (facts) => facts.random(label).next() < share;
    return {
      needs: need.call, leaves: 1, pins: [], holds,
      explain: (facts) => (holds(facts) ? [] : [mismatch('chance', 'chance', { expected, got: 'another', nearness: 0 })]),
    };
  },
};
