import { kindOf, show } from '../base/show.ts';
import type { ChangeKind } from '../model/index.ts';
import { noFacts } from '../replies/no-facts.ts';
import { filled, Unfit } from '../replies/value.ts';
import { text } from '../shapes/index.ts';
import { afterShape } from './after.ts';
import { operationAct } from './operation-act.ts';

/** One line, as that of the first state. */
const stateNames = /^[^\s$][^\r\n]{0,99}$/;

export const state = {
  key: 'state',
  about: 'Moves the scenario to a state, now or `after` a while. Moves that were waiting in the state before are dropped.',
  shape: text({ expected: 'the name of a state', about: 'The state to move to.' }),
  options: { after: afterShape },
  examples: [
    { yaml: 'state: checking' },
    { yaml: '{ state: done, after: 5 s }' },
    { yaml: 'state: ${{ body.decision }}' },
  ],
  compile(value, compiler, options) {
    const to = filled(value, compiler, stateName);
    if (to) compiler.state(to.fixed ? to.get(noFacts) : null, 'enters');
    return operationAct({ needs: to?.needs ?? 0, make: (facts) => ({ kind: 'state', to: to?.get(facts) ?? '' }) }, options);
  },
} satisfies ChangeKind<string, string>;

function stateName(value: unknown): string {
  if (typeof value === 'string' && stateNames.test(value)) return value;
  throw new Unfit('This is no state', 'the name of a state', typeof value === 'string' ? show(value) : kindOf(value));
}
