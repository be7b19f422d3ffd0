import { wallClock, type WallClock } from './time.ts';

const tokens = /\[([^\]]*)\]|YYYY|yyyy|YY|yy|MMMM|MMM|MM|M|dddd|ddd|DD|dd|Do|D|HH|H|hh|h|mm|m|ss|s|SSS|A|a|ZZ|Z|z|X|x/g;

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * Writes a time by a pattern: `YYYY MM DD HH mm ss SSS`, `MMMM`/`MMM` and `dddd`/`ddd` for names, `hh` with `A` for the
 * twelve-hour clock, `Z` (+02:00), `ZZ` (+0200), `z` (EST), `X` and `x` (seconds and milliseconds since the epoch). What
 * stands in `[ ]` is kept as it is. Throws Problem for a zone that does not exist.
 */
export function formatDate(pattern: string, time: Date, zone: string | null): string {
  const clock = wallClock(time, zone);
  return pattern.replace(tokens, (token, literal: string | undefined) => literal ?? write(token, clock, time));
}

function write(token: string, clock: WallClock, time: Date): string {
  switch (token) {
    case 'YYYY': case 'yyyy': return pad(clock.year, 4);
    case 'YY': case 'yy': return pad(clock.year % 100, 2);
    case 'MMMM': return months[clock.month]!;
    case 'MMM': return months[clock.month]!.slice(0, 3);
    case 'MM': return pad(clock.month + 1, 2);
    case 'M': return String(clock.month + 1);
    case 'dddd': return days[clock.weekday]!;
    case 'ddd': return days[clock.weekday]!.slice(0, 3);
    case 'DD': case 'dd': return pad(clock.day, 2);
    case 'Do': return `${clock.day}${ordinalEnding(clock.day)}`;
    case 'D': return String(clock.day);
    case 'HH': return pad(clock.hour, 2);
    case 'H': return String(clock.hour);
    case 'hh': return pad(clock.hour % 12 || 12, 2);
    case 'h': return String(clock.hour % 12 || 12);
    case 'mm': return pad(clock.minute, 2);
    case 'm': return String(clock.minute);
    case 'ss': return pad(clock.second, 2);
    case 's': return String(clock.second);
    case 'SSS': return pad(clock.millisecond, 3);
    case 'A': return clock.hour < 12 ? 'AM' : 'PM';
    case 'a': return clock.hour < 12 ? 'am' : 'pm';
    case 'Z': return offset(clock.offset, ':');
    case 'ZZ': return offset(clock.offset, '');
    case 'z': return clock.zone;
    case 'X': return String(Math.floor(time.getTime() / 1000));
    case 'x': return String(time.getTime());
    default: return token;
  }
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

function offset(minutes: number, between: string): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}${between}${pad(size % 60, 2)}`;
}

function ordinalEnding(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}
