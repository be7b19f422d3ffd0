import { didYouMean } from '../../base/nearest.ts';
import { uuidOf } from '../../base/uuid.ts';
import type { Random } from '../../model/index.ts';
import { fakeKinds, makeFake } from '../fake.ts';
import { Problem, type Run } from '../run.ts';
import { fromData } from '../values.ts';
import type { FunctionEntry } from './define.ts';

const urlSafe = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const longestToken = 4096;

/** Functions that make things up: the same seed, place and call make the same. */
export const makingFunctions: readonly FunctionEntry[] = [
  { name: 'uuid', signature: 'uuid(): text', about: 'A UUID (version 4).', example: ['size(uuid())', '36'], draws: true, call: (_, run) => uuidOf(run.random.bytes(16)) },
  { name: 'token', signature: 'token(length?: whole): text', about: 'Letters, digits, `-` and `_` that are safe in a URL, 22 unless said, 4096 at most.', example: ['size(token(22))', '22'], draws: true, check: ([length]) => checkLength(length), call: ([length = 22], run) => token(length, run) },
  { name: 'random', signature: 'random(min: number, max: number): number', about: 'A number between two, both included: whole when both are.', example: ['random(5, 5)', '5'], draws: true, check: ([min, max]) => checkBounds(min, max), call: ([min, max], run) => random(min, max, run.random) },
  { name: 'pick', signature: 'pick(x: list): any', about: 'One item of a list; null of an empty one.', example: ['pick(["PASSED"])', '"PASSED"'], draws: true, call: ([x], run) => (x.length === 0 ? null : fromData(x[run.random.integer(0, x.length - 1)])) },
  {
    name: 'fake',
    signature: 'fake(kind: text): any',
    about: `Made-up data that reaches nobody (example domains, reserved numbers): ${Object.keys(fakeKinds).map((kind) => `\`${kind}\``).join(', ')}.`,
    example: ['fake("internet.email").endsWith("@example.com")', 'true'],
    draws: true,
    check: ([kind]) => (typeof kind === 'string' && !Object.hasOwn(fakeKinds, kind) ? unknownFake(kind) : null),
    call: ([kind], run) => fake(kind, run),
  },
];

function token(length: number, run: Run): string {
  if (length < 1 || length > longestToken) throw new Problem(`\`token\` makes 1 to ${longestToken} letters`);
  run.spend(length >> 2);
  let made = '';
  for (const byte of run.random.bytes(length)) made += urlSafe[byte & 63];
  return made;
}

function random(min: bigint | number, max: bigint | number, generator: Random): bigint | number {
  if (min > max) throw new Problem(`\`random\` needs the smaller number first, and ${min} is more than ${max}`);
  if (typeof min === 'number' || typeof max === 'number') return Number(min) + generator.next() * (Number(max) - Number(min));
  if (max - min <= 0xffff_ffffn && -min <= Number.MAX_SAFE_INTEGER && max <= Number.MAX_SAFE_INTEGER) return BigInt(generator.integer(Number(min), Number(max)));
  const span = max - min + 1n;
  const digits = generator.bytes((span.toString(16).length >> 1) + 9).toString('hex');
  return min + (BigInt(`0x${digits}`) % span);
}

function fake(kind: string, run: Run): unknown {
  if (!Object.hasOwn(fakeKinds, kind)) throw new Problem(`\`fake\` has no kind ${JSON.stringify(kind.slice(0, 40))}`);
  run.spend(40);
  return makeFake(kind, run.random, run.facts.now);
}

function unknownFake(kind: string) {
  const last = kind.split('.').at(-1)!;
  const same = Object.keys(fakeKinds).find((candidate) => candidate.split('.')[1]!.toLowerCase() === last.toLowerCase());
  return { code: 'unknown-fake', message: `\`fake\` has no kind ${JSON.stringify(kind.slice(0, 40))}`, fix: same === undefined ? didYouMean(kind, Object.keys(fakeKinds)) : `Did you mean \`${same}\`?`, argument: 0 };
}

function checkLength(length: unknown) {
  if (length === undefined || (Number(length) >= 1 && Number(length) <= longestToken)) return null;
  return { code: 'bad-argument', message: `\`token\` makes 1 to ${longestToken} letters`, argument: 0 };
}

function checkBounds(min: unknown, max: unknown) {
  const numbers = (typeof min === 'bigint' || typeof min === 'number') && (typeof max === 'bigint' || typeof max === 'number');
  return numbers && min > max ? { code: 'bad-argument', message: '`random` needs the smaller number first', argument: 0 } : null;
}
