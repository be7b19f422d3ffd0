import { formatDuration, parseDuration } from '../base/units.ts';
import { show } from '../base/show.ts';
import { need, type Compiler, type Facts } from '../model/index.ts';
import { byKind, duration, dynamic, DynamicText, invalid, object, optional, turned, type Invalid, type Out, type Report, type Shape } from '../shapes/index.ts';
import type { Path } from '../base/place.ts';
import { asText, constant, filled, Unfit, type Value } from './value.ts';

/** No wait is longer. */
const maxDelayMs = 3_600_000;
/** The 95th percentile of the standard normal distribution. */
const z95 = 1.644_853_626_951_472_2;

const upToAnHour: Shape<number, string | number> = turned(duration(), (value, path, report) => {
  if (value <= maxDelayMs) return value;
  report(path, { code: 'wrong-value', message: `Wrong value for \`${String(path.findLast((step) => typeof step === 'string') ?? 'delay')}\``, expected: `a duration of at most ${formatDuration(maxDelayMs)}`, got: formatDuration(value) });
  return invalid;
});

type Spread = { readonly kind: 'between'; readonly min: number; readonly max: number } | { readonly kind: 'logNormal'; readonly p50: number; readonly p95: number };

const spread = turned(
  object({ min: optional(upToAnHour), max: optional(upToAnHour), p50: optional(upToAnHour), p95: optional(upToAnHour) }, { name: '`delay`', expected: '`{ min, max }` or `{ p50, p95 }`' }),
  (value, path, report): Spread | Invalid => {
    const { min, max, p50, p95 } = value;
    if (max !== undefined && p50 === undefined && p95 === undefined) return inOrder('min', min ?? 0, 'max', max, path, report) ? { kind: 'between', min: min ?? 0, max } : invalid;
    if (p50 !== undefined && p95 !== undefined && min === undefined && max === undefined) {
      if (p50 > 0) return inOrder('p50', p50, 'p95', p95, path, report) ? { kind: 'logNormal', p50, p95 } : invalid;
      report([...path, 'p50'], { code: 'wrong-value', message: 'Wrong value for `p50`', expected: 'a duration above 0', got: '0 ms' });
      return invalid;
    }
    report(path, { code: 'wrong-value', message: 'A delay that varies needs both its ends', expected: '`{ min, max }` or `{ p50, p95 }`', got: `\`${Object.keys(value).join('`, `') || 'an empty map'}\`` });
    return invalid;
  },
);

function inOrder(low: string, lowMs: number, high: string, highMs: number, path: Path, report: Report): boolean {
  if (lowMs <= highMs) return true;
  report([...path, high], { code: 'wrong-value', message: `\`${high}\` is below \`${low}\``, expected: `at least ${formatDuration(lowMs)}`, got: formatDuration(highMs) });
  return false;
}

/** `2 s`, `{ min, max }`, `{ p50, p95 }` (log-normal), or an expression. */
export const delayShape = byKind([dynamic(upToAnHour), spread], { expected: 'a duration such as `2 s`, `{ min, max }` or `{ p50, p95 }`', about: 'How long to wait first.' });

/** The delay in milliseconds; one that varies is drawn for each call. */
export function compileDelay(value: Out<typeof delayShape>, compiler: Compiler): Value<number> | null {
  if (typeof value === 'number') return constant(value);
  if (value instanceof DynamicText) return filled(value.source, compiler, delayOf);
  const label = `${compiler.label}:delay`;
  return { needs: need.call, fixed: false, get: (facts) => draw(value, facts, label) };
}

function draw(value: Spread, facts: Facts, label: string): number {
  const random = facts.random(label);
  if (value.kind === 'between') return value.min + random.next() * (value.max - value.min);
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Math.min(maxDelayMs, value.p50 * Math.exp((normal * Math.log(value.p95 / value.p50)) / z95));
}

function delayOf(value: unknown): number {
  const text = asText(value).trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : parseDuration(text);
  if (ms === null || ms > maxDelayMs) throw new Unfit('This is no delay', `a duration of at most ${formatDuration(maxDelayMs)}, or milliseconds`, show(text));
  return ms;
}
