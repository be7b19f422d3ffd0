import { didYouMean } from '../../base/nearest.ts';
import { formatDate } from '../date-format.ts';
import { Problem, type Run } from '../run.ts';
import { isZone, readDuration, readTime, wallClock, type WallClock } from '../time.ts';
import { asText, Duration } from '../values.ts';
import type { FunctionEntry } from './define.ts';

const example = 'timestamp("2026-03-01T08:30:05Z")';

/** Functions on times and durations; CEL's own `get…` among them. */
export const timeFunctions: readonly FunctionEntry[] = [
  {
    name: 'date',
    signature: 'date(pattern: text, time?: any, zone?: text): text',
    about: 'A time (now unless said; ISO 8601 text and numbers too) written by a pattern: `YYYY MM DD HH mm ss SSS`, `MMMM MMM dddd ddd`, `hh A`, `Z ZZ z`, `X x`; `[text]` stays. In UTC, or in a zone such as `America/New_York`.',
    example: ['date("YYYY-MM-DD HH:mm:ss", timestamp("2026-03-01T08:30:05Z"), "America/New_York")', '"2026-03-01 03:30:05"'],
    clock: true,
    check: ([, time, zone]) => checkZone(zone, 2) ?? (typeof time === 'string' && zone === undefined && !readTime(time) ? checkZone(time, 1) : null),
    call: ([pattern, time, zone], run) => date(pattern, time, zone, run),
  },
  { name: 'timestamp', signature: 'timestamp(x: any): time', about: 'The time that ISO 8601 text or a number of seconds since 1970 names.', example: ['timestamp("2026-03-01T08:30:05+01:00")', '"2026-03-01T07:30:05.000Z"'], check: ([x]) => (typeof x === 'string' && !readTime(x) ? { code: 'bad-time', message: 'The text is no time', expected: 'ISO 8601 such as `2026-03-01T08:30:05Z`', argument: 0 } : null), call: ([x]) => timestamp(x) },
  { name: 'duration', signature: 'duration(x: any): duration', about: 'A span of time, as CEL (`1h30m`) or the scenario language (`5 min`, `2 d`) writes it, to add to a time.', example: [`${example} + duration("90 min")`, '"2026-03-01T10:00:05.000Z"'], check: ([x]) => (typeof x === 'string' && !readDuration(x) ? { code: 'bad-duration', message: 'The text is no duration', expected: 'one such as `1h30m` or `5 min`', argument: 0 } : null), call: ([x]) => duration(x) },
  { name: 'epoch', signature: 'epoch(x: time): number', about: 'Whole seconds since 1970.', example: [`epoch(${example})`, '1772353805'], call: ([x]) => BigInt(Math.floor(x.getTime() / 1000)) },
  { name: 'epochMs', signature: 'epochMs(x: time): number', about: 'Milliseconds since 1970.', example: [`epochMs(${example})`, '1772353805000'], call: ([x]) => BigInt(x.getTime()) },
  part('getFullYear', 'The year', (clock) => clock.year, '2026'),
  part('getMonth', 'The month, from 0', (clock) => clock.month, '2'),
  part('getDate', 'The day of the month, from 1', (clock) => clock.day, '1'),
  part('getDayOfMonth', 'The day of the month, from 0', (clock) => clock.day - 1, '0'),
  part('getDayOfWeek', 'The day of the week, Sunday 0', (clock) => clock.weekday, '0'),
  part('getDayOfYear', 'The day of the year, from 0', (clock) => (Date.UTC(clock.year, clock.month, clock.day) - Date.UTC(clock.year, 0, 1)) / 86_400_000, '59'),
  part('getHours', 'The hour, or the whole hours of a duration', (clock) => clock.hour, '8', 3_600_000),
  part('getMinutes', 'The minute, or the whole minutes of a duration', (clock) => clock.minute, '30', 60_000),
  part('getSeconds', 'The second, or the whole seconds of a duration', (clock) => clock.second, '5', 1000),
  part('getMilliseconds', 'The millisecond, or the milliseconds of a duration', (clock) => clock.millisecond, '0', 1),
];

/** One field of a time on the wall clock of a zone; with `unitMs`, also the length of a duration in that unit. */
function part(name: string, about: string, read: (clock: WallClock) => number, value: string, unitMs?: number): FunctionEntry {
  return {
    name,
    signature: `${name}(x: ${unitMs === undefined ? 'time' : 'time|duration'}, zone?: text): number`,
    about: `${about}, in UTC or in a zone.`,
    example: [`${example}.${name}()`, value],
    check: ([, zone]) => checkZone(zone, 1),
    call: ([x, zone]) => BigInt(x instanceof Duration ? Math.trunc(x.ms / unitMs!) : read(wallClock(x, zone ?? null))),
  };
}

function date(pattern: string, time: unknown, zone: string | undefined, run: Run): string {
  if (pattern.length > 1000) throw new Problem('the pattern of `date` is longer than 1000 letters');
  run.spend(60 + pattern.length);
  if (typeof time === 'string' && zone === undefined && !readTime(time)) return formatDate(pattern, new Date(run.facts.now), time);
  if (time === undefined) return formatDate(pattern, new Date(run.facts.now), null);
  return formatDate(pattern, timestamp(time), zone ?? null);
}

function timestamp(value: unknown): Date {
  const time = readTime(value);
  if (time) return time;
  if (value === null) throw new Problem('the time is null', 'missing');
  throw new Problem(`${JSON.stringify(asText(value).slice(0, 40))} is no time`);
}

function duration(value: unknown): Duration {
  const found = value instanceof Duration ? value : readDuration(asText(value));
  if (found) return found;
  throw new Problem(`${JSON.stringify(asText(value).slice(0, 40))} is no duration`, value === null ? 'missing' : 'failed');
}

function checkZone(zone: unknown, argument: number) {
  if (typeof zone !== 'string' || isZone(zone)) return null;
  return { code: 'unknown-zone', message: `There is no time zone ${JSON.stringify(zone.slice(0, 64))}`, expected: 'a name such as `America/New_York`, `UTC` or an offset such as `+02:00`', fix: didYouMean(zone, Intl.supportedValuesOf('timeZone')), argument };
}
