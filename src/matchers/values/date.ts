const isoDate = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?:[Zz]|[+-](\d{2}):?(\d{2}))?)?$/;
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Whether a text is a day of the calendar: an ISO 8601 date, with or without a time (RFC 3339), or an HTTP date (RFC 9110 §5.6.7). */
export function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 64) return false;
  const iso = isoDate.exec(value);
  if (iso) return isDay(iso[1]!, Number(iso[2]), iso[3]!) && isTime(iso[4], iso[5], iso[6]) && isTime(iso[7], iso[8], undefined);
  const http = httpDate.exec(value);
  return http !== null && isDay(http[3]!, months.indexOf(http[2]!) + 1, http[1]!) && isTime(http[4], http[5], http[6]);
}

function isDay(year: string, month: number, day: string): boolean {
  const last = new Date(Date.UTC(2000 + (Number(year) % 400), month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && Number(day) >= 1 && Number(day) <= last;
}

function isTime(hour = '0', minute = '0', second = '0'): boolean {
  return Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 60;
}
