/** The years 1 to 9999, in milliseconds since the epoch: RFC 3339, HTTP and CEL know no others. */
const earliestMs = -62_135_596_800_000;
export const latestMs = 253_402_300_799_999;

const isoTime = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?$/;

/** Milliseconds since the epoch that ISO 8601 text names, UTC unless it names an offset; null when it is none, or a day that no calendar has. */
export function readIsoTime(text: string): number | null {
  const found = isoTime.exec(text);
  if (!found || Number(found[3]) > daysOf(Number(found[1]), Number(found[2]))) return null;
  const zoned = /[Zz]$|[+-]\d\d:?\d\d$/.test(text.slice(10));
  const offset = /([+-]\d\d)(\d\d)$/.exec(text.slice(10));
  const upper = (offset ? `${text.slice(0, -5)}${offset[1]}:${offset[2]}` : text).toUpperCase().replace(' ', 'T');
  return withinYears(Date.parse(zoned || text.length === 10 ? upper : `${upper}Z`));
}

/** The same instant; null when it is none, or beyond the years 1 to 9999. */
export function withinYears(ms: number): number | null {
  return ms >= earliestMs && ms <= latestMs ? ms : null;
}

/** JavaScript takes 31 February for a day in March. */
function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
