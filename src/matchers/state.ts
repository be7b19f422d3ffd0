import { show } from '../base/show.ts';
import { need, type MatcherKind } from '../model/index.ts';
import { byKind, list, text } from '../shapes/index.ts';
import { mismatch } from './mismatch.ts';

const name = text({ pattern: /\S/, expected: 'the name of a state' });

export const state: MatcherKind<string | readonly string[], string | readonly string[]> = {
  key: 'state',
  about: 'The state of the scenario is this, or one of these.',
  shape: byKind([name, list(name, { min: 1, expected: 'a list of at least one state' })], { expected: 'the name of a state, or a list of names' }),
  examples: [
    { yaml: 'idle', request: {}, memory: { state: 'idle' }, holds: true },
    { yaml: 'idle', request: {}, memory: { state: 'running' }, holds: false, because: ['state: expected idle, got running'] },
    { yaml: '[idle, done]', request: {}, memory: { state: 'done' }, holds: true },
    { yaml: '[idle, done]', request: {}, memory: { state: 'running' }, holds: false, because: ['state: expected one of idle, done, got running'] },
  ],
  compile(value, compiler) {
    const several = typeof value !== 'string';
    const wanted: readonly string[] = several ? value : [value];
    wanted.forEach((one, index) => (several ? compiler.at(index) : compiler).state(one, 'asks'));
    const expected = `${several && wanted.length > 1 ? 'one of ' : ''}${wanted.map((one) => show(one)).join(', ')}`;
    return {
      needs: need.nothing, leaves: 1, pins: [],
      holds: ({ memory }) => memory.state !== null && wanted.includes(memory.state),
      explain({ memory: { state: came } }) {
        if (came !== null && wanted.includes(came)) return [];
        return [mismatch('state', 'state', { expected, got: came === null ? 'nothing' : show(came), nearness: 0 })];
      },
    };
  },
};
