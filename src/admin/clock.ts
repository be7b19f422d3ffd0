import { parseDuration } from '../base/units.ts';
import { readTime } from '../expressions/time.ts';
import type { ClockChange, ClockTarget } from '../server/clock.ts';
import { gotWords } from '../shapes/index.ts';
import { endpoint, json, jsonAnswer, type Endpoint } from './endpoint.ts';
import { refuseMistakes, requireMap, unknownKeys } from './fields.ts';
import { Refusal } from './refusal.ts';
import { ref } from './schemas.ts';

/** The server's time: rules, timed moves and the journal go by it. */
export const clock: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/clock', operation: 'getClock', summary: "The server's time.",
    answer: jsonAnswer('As it is now.', ref('Clock')),
    handle: ({ control }) => json(control.clock()),
  }),
  endpoint({
    method: 'put', path: '/clock', operation: 'setClock', summary: "Freezes, sets or advances the server's time.", body: ref('SetClock'),
    answer: jsonAnswer('As it is from now on.', ref('Clock')), refusals: { 400: 'The body is not of this form, or the time would be beyond the years 1 to 9999.' },
    handle({ control, body }) {
      const state = control.setClock(readChange(body));
      if (state === null) throw new Refusal(400, 'The time would be beyond the years 1 to 9999, which is all that dates are written with');
      return json(state);
    },
  }),
];

const known = ['freeze', 'set', 'advance', 'reset'];

/** The change that the body describes, all its mistakes found at once. */
function readChange(body: unknown): ClockChange {
  const given = requireMap(body);
  const mistakes = unknownKeys(given, known);
  const { freeze, set, advance, reset } = given;
  if (mistakes.length === 0 && Object.keys(given).length === 0) mistakes.push(`there is nothing in it. It takes ${known.map((key) => `\`${key}\``).join(', ')}`);
  const targets: ClockTarget[] = [];
  const frozen = freeze === undefined ? (reset === undefined ? null : false) : freeze !== false;
  if (freeze !== undefined && typeof freeze !== 'boolean') targets.push(readInstant('freeze', freeze, 'true, false or a time', mistakes));
  if (set !== undefined) targets.push(readInstant('set', set, 'a time', mistakes));
  if (advance !== undefined) targets.push({ kind: 'later', byMs: readAdvance(advance, mistakes) });
  if (reset !== undefined) targets.push({ kind: 'machine' });
  if (reset !== undefined && reset !== true) mistakes.push(`\`reset\`: expected true, got ${gotWords(reset)}`);
  if (targets.length > 1) mistakes.push('`freeze` with a time, `set`, `advance` and `reset` each say what time it becomes: give one of them (`freeze` may be true or false beside the others)');
  refuseMistakes(mistakes);
  return { to: targets[0] ?? { kind: 'present' }, frozen };
}

function readInstant(name: string, value: unknown, expected: string, mistakes: string[]): ClockTarget {
  const time = typeof value === 'string' ? readTime(value) : null;
  if (time === null) mistakes.push(`\`${name}\`: expected ${expected} such as \`2026-11-01T12:00:00Z\` (ISO 8601), got ${gotWords(value)}`);
  return { kind: 'at', ms: time?.getTime() ?? 0 };
}

function readAdvance(value: unknown, mistakes: string[]): number {
  const ms = typeof value === 'string' ? parseDuration(value) : Number.isSafeInteger(value) ? (value as number) : null;
  if (ms !== null && ms >= 0) return ms;
  const back = typeof value === 'number' ? value < 0 : typeof value === 'string' && /^\s*-\s*\d/.test(value);
  mistakes.push(`\`advance\`: expected a duration such as \`5 s\`, or whole milliseconds, got ${gotWords(value)}${back ? '. Use `set` to go back' : ''}`);
  return 0;
}
