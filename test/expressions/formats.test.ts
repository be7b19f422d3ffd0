import { describe, expect, it } from 'vitest';
import { readCsv, writeCsv } from '../../src/expressions/csv.ts';
import { formatDate } from '../../src/expressions/date-format.ts';
import { isZone, readDuration, readTime } from '../../src/expressions/time.ts';

describe('CSV', () => {
  it.each([
    ['a,b\r\n1,2\r\n', [{ a: '1', b: '2' }]],
    ['a,b\n1,2', [{ a: '1', b: '2' }]],
    ['\ufeffa\n1', [{ a: '1' }]],
    ['a,b\n"x, ""y""\nz",2\n', [{ a: 'x, "y"\nz', b: '2' }]],
    ['a,b\n1\n\n3,4\n', [{ a: '1', b: null }, { a: '3', b: '4' }]],
    ['a,b\n1,', [{ a: '1', b: '' }]],
    ['a\n1,2,3', [{ a: '1', __extra: ['2', '3'] }]],
    ['a,b\n"1"x,2', [{ a: '1x', b: '2' }]],
    ['a\n""\n', []],
    ['a,b', []],
    ['', []],
  ])('%j gives %j', (text, rows) => {
    expect(readCsv(text).map((row) => ({ ...row }))).toEqual(rows);
  });

  it('takes another separator, and columns with the names of prototypes', () => {
    const [row] = readCsv('__proto__;constructor\n1;2', ';');
    expect(Object.entries(row!)).toEqual([['__proto__', '1'], ['constructor', '2']]);
  });

  it('says on which line a quote is never closed', () => {
    expect(() => readCsv('a\n1\n"2')).toThrow('line 3 of the CSV has a quote that is never closed');
  });

  it('reads back what it wrote', () => {
    const rows = [{ a: 'x, "y"\r\nz', b: '' }, { a: ' ', b: '2' }];
    expect(readCsv(writeCsv(rows)).map((row) => ({ ...row }))).toEqual(rows);
  });
});

describe('dates', () => {
  const time = new Date('2026-01-05T03:04:05.006Z');

  it.each([
    ['YYYY-MM-DDTHH:mm:ss.SSSZ', null, '2026-01-05T03:04:05.006+00:00'],
    ['yyyy/MM/dd', null, '2026/01/05'],
    ['YYYY-MM-DD HH:mm z', 'America/New_York', '2026-01-04 22:04 EST'],
    ['dddd, MMMM Do YYYY', 'Asia/Tokyo', 'Monday, January 5th 2026'],
    ['ddd D MMM YY h:m:s a', 'America/New_York', 'Sun 4 Jan 26 10:4:5 pm'],
    ['[at] hh A ZZ', '+05:30', 'at 08 AM +0530'],
    ['X x', null, '1767582245 1767582245006'],
    ['HH:mm', 'Asia/Kathmandu', '08:49'],
  ])('%s in %s is %s', (pattern, zone, text) => {
    expect(formatDate(pattern, time, zone)).toBe(text);
  });

  it('knows the change to summer time', () => {
    expect(formatDate('HH:mm Z', new Date('2026-03-29T00:59:59Z'), 'Europe/Berlin')).toBe('01:59 +01:00');
    expect(formatDate('HH:mm Z', new Date('2026-03-29T01:00:00Z'), 'Europe/Berlin')).toBe('03:00 +02:00');
  });

  it('knows zones from what are none', () => {
    expect(['UTC', 'Europe/Berlin', '+02:00', '-0330'].every(isZone)).toBe(true);
    expect(['', 'Europe/Nowhere', 'x'.repeat(1000)].some(isZone)).toBe(false);
  });

  it.each([
    ['2026-01-05', '2026-01-05T00:00:00.000Z'],
    ['2026-01-05T03:04', '2026-01-05T03:04:00.000Z'],
    ['2026-01-05 03:04:05', '2026-01-05T03:04:05.000Z'],
    ['2026-01-05T03:04:05+0100', '2026-01-05T02:04:05.000Z'],
    ['2026-01-05t03:04:05.5z', '2026-01-05T03:04:05.500Z'],
    [1767582245n, '2026-01-05T03:04:05.000Z'],
    [1767582245006n, '2026-01-05T03:04:05.006Z'],
    ['2026-13-05', undefined],
    ['yesterday', undefined],
  ])('%s is the time %s', (value, iso) => {
    expect(readTime(value)?.toISOString()).toBe(iso);
  });

  it.each([['1h30m', 5_400_000], ['5 min', 300_000], ['-1.5s', -1500], ['250ms', 250], ['2 d', 172_800_000], ['1 week', undefined], ['', undefined]])('%s is %s ms', (text, ms) => {
    expect(readDuration(text)?.ms).toBe(ms);
  });
});
