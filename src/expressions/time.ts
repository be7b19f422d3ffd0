import { readIsoTime, withinYears } from '../base/iso-time.ts';
import { parseDuration } from '../base/units.ts';
import { Problem } from './run.ts';
import { Duration } from './values.ts';

/**
 * A time, or null when the value is none: a time, ISO 8601 text (UTC unless it names an offset), or a number of seconds since
 * the epoch (from 10^11 up, milliseconds).
 */
export function readTime(value: unknown): Date | null {
  if (value instanceof Date) return value;
  if (typeof value === 'string') return inRange(readIsoTime(value));
  if (typeof value !== 'bigint' && typeof value !== 'number') return null;
  const amount = Number(value);
  return inRange(Math.abs(amount) < 1e11 ? amount * 1000 : amount);
}

function inRange(ms: number | null): Date | null {
  const within = ms === null ? null : withinYears(ms);
  return within === null ? null : new Date(within);
}

const durationPart = /(\d+(?:\.\d+)?|\.\d+)(ns|us|µs|ms|s|m|h)/y;
const unitMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3 };

/** A duration as CEL writes it (`1h30m`, `-1.5s`) or as the scenario language does (`5 min`, `2 d`); null when it is none. */
export function readDuration(text: string): Duration | null {
  const plainMs = parseDuration(text.replace(/^[+-]/, ''));
  const sign = text.startsWith('-') ? -1 : 1;
  if (plainMs !== null) return new Duration(sign * plainMs);
  const rest = text.replace(/^[+-]/, '');
  if (rest.length > 64) return null;
  let ms = 0;
  let at = 0;
  while (at < rest.length) {
    durationPart.lastIndex = at;
    const found = durationPart.exec(rest);
    if (!found) return null;
    ms += Number(found[1]) * unitMs[found[2]!]!;
    at = durationPart.lastIndex;
  }
  return at === 0 ? null : new Duration(sign * ms);
}

/** The fields of a time on the wall clock of a zone. Months and days of the week count from 0, days of the month from 1. */
export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** Minutes east of Greenwich. */
  readonly offset: number;
  /** `UTC`, `EST`, `GMT+1`. */
  readonly zone: string;
}

/** Reads a wall clock. `zone` is a name of the IANA list (`America/New_York`), `UTC`, or an offset (`+05:30`). Throws Problem. */
export function wallClock(time: Date, zone: string | null): WallClock {
  if (zone === null || zone === 'UTC' || zone === 'Z') return fields(time, 0, 'UTC');
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (fixed) return fields(time, (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])), zone);
  const parts = zoneParts(zone, time);
  const local = Date.UTC(Number(parts.get('year')), Number(parts.get('month')) - 1, Number(parts.get('day')), Number(parts.get('hour')), Number(parts.get('minute')), Number(parts.get('second')));
  const offset = Math.round((local - Math.floor(time.getTime() / 1000) * 1000) / 60e3);
  return fields(time, offset, parts.get('timeZoneName') ?? zone);
}

function fields(time: Date, offset: number, zone: string): WallClock {
  const local = new Date(time.getTime() + offset * 60e3);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
    offset,
    zone,
  };
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

function zoneFormat(zone: string): Intl.DateTimeFormat | null {
  let format = formats.get(zone);
  if (format === undefined) {
    if (formats.size >= 500) formats.clear();
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', timeZoneName: 'short' });
    } catch {
      format = null;
    }
    formats.set(zone, format);
  }
  return format;
}

function zoneParts(zone: string, time: Date): Map<string, string> {
  const format = zone.length <= 64 ? zoneFormat(zone) : null;
  if (!format) throw new Problem(`there is no time zone ${JSON.stringify(zone.slice(0, 64))}`);
  return new Map(format.formatToParts(time).map((part) => [part.type, part.value]));
}

/** Whether {@link wallClock} knows the zone. */
export function isZone(zone: string): boolean {
  return zone === 'UTC' || zone === 'Z' || /^[+-]\d\d:?\d\d$/.test(zone) || (zone.length <= 64 && zoneFormat(zone) !== null);
}
