import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/model/index.ts';
import { makeCollection } from '../support/collection.ts';
import { actor } from './act-for-test.ts';

const rows = Array.from({ length: 45 }, (_, n) => ({ id: n + 1, name: `n${45 - n}`, open: n % 2 === 0, group: n % 3 }));
const plan = { collections: [makeCollection('tasks', rows)] };
const ids = (found: readonly Row[]): unknown[] => found.map((row) => row['id']);

describe('`find`', () => {
  it('binds all rows that pass, in their order', async () => {
    const rule = await actor("find: { in: tasks, where: { group: '${{ query.group }}', open: true }, as: found }", plan);
    expect(ids(rule.ask({ url: '/?group=0' }).bound['found'])).toEqual([1, 7, 13, 19, 25, 31, 37, 43]);
    expect(rule.ask({ url: '/?group=none' }).bound['found']).toEqual([]);
    expect((await actor('find: { in: tasks, as: found }', plan)).ask().bound['found']).toHaveLength(45);
  });

  it('sorts by one field or several, either way, as a request asks', async () => {
    const fixed = await actor('find: { in: tasks, sort: [-group, -id], limit: 3, as: found }', plan);
    expect(ids(fixed.ask().bound['found'])).toEqual([45, 42, 39]);
    const asked = await actor("find: { in: tasks, sort: '${{ query.sort }}', limit: '${{ query.limit }}', as: found }", plan);
    expect(ids(asked.ask({ url: '/?sort=-id&limit=2' }).bound['found'])).toEqual([45, 44]);
    expect(ids(asked.ask({ url: '/?sort=-group,id&limit=2' }).bound['found'])).toEqual([3, 6]);
    expect(asked.ask({ url: '/' }).bound['found']).toHaveLength(45);
    expect(asked.ask({ url: '/?limit=0' }).bound['found']).toEqual([]);
  });

  it('gives fields in the order in which they are asked for', async () => {
    const rule = await actor("find: { in: tasks, limit: 1, select: '${{ query.fields }}', as: found }", plan);
    expect(JSON.stringify(rule.ask({ url: '/?fields=name,id,,name,nope' }).bound['found'])).toBe('[{"name":"n45","id":1}]');
    expect(Object.keys(rule.ask({ url: '/' }).bound['found'][0])).toEqual(['id', 'name', 'open', 'group']);
    expect(JSON.stringify((await actor('find: { in: tasks, limit: 1, select: [open], as: found }', plan)).ask().bound['found'])).toBe('[{"open":true}]');
  });

  it('does not change the rows that it gives fields of', async () => {
    const rule = await actor('find: { in: tasks, limit: 1, select: id, as: found }', plan);
    expect(rule.ask().draft.table('tasks').get('1')).toEqual({ id: 1, name: 'n45', open: true, group: 0 });
  });
});

describe('a page of `find`', () => {
  it('has its rows, the number of all, and the next page', async () => {
    const rule = await actor("find: { in: tasks, page: '${{ query.page }}', limit: 10, as: found }", plan);
    const page = (text: string): unknown => {
      const { found } = rule.ask({ url: `/?page=${text}` }).bound as { found: { rows: Row[]; total: number; next: number | null } };
      return [found.rows[0]?.['id'] ?? null, found.rows.length, found.total, found.next];
    };
    expect([page('1'), page('2'), page('5'), page('6')]).toEqual([[1, 10, 45, 2], [11, 10, 45, 3], [41, 5, 45, null], [null, 0, 45, null]]);
    expect([page(''), page('0'), page('-3'), page('99999999999999999999')]).toEqual([[1, 10, 45, 2], [1, 10, 45, 2], [1, 10, 45, 2], [null, 0, 45, null]]);
  });

  it('takes its size from `limit`, from `size`, or has 20 rows', async () => {
    const size = async (page: string, url = '/'): Promise<number> => (await actor(`find: { in: tasks, ${page}, as: found }`, plan)).ask({ url }).bound['found'].rows.length as number;
    expect(await size('page: 1')).toBe(20);
    expect(await size('page: 2, limit: 30')).toBe(15);
    expect(await size('page: { number: 2, size: 7 }')).toBe(7);
    expect(await size("page: { size: '${{ query.size }}' }", '/?size=3')).toBe(3);
    expect(await size("page: { size: '${{ query.size }}' }", '/?size=0')).toBe(1);
    expect(await size("page: { size: '${{ query.size }}' }", '/?size=1000000')).toBe(45);
    expect(await size("page: { size: '${{ query.size }}' }")).toBe(20);
  });

  it.each([['page', 'two'], ['page', '1.5'], ['size', 'all'], ['sort', null], ['select', null]])('is refused where %s is %j', async (name, given) => {
    const rule = await actor("find: { in: tasks, sort: '${{ body.sort }}', select: '${{ body.select }}', page: { number: '${{ body.page }}', size: '${{ body.size }}' }, as: found }\norElse: { status: 400, text: '${{ failure.detail }}' }", plan);
    const { outcome, bound } = rule.ask({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ [name]: given ?? [{ x: 1 }] }) });
    expect(outcome).toMatchObject({ kind: 'undone', problem: { status: 422, more: { errors: [{ field: name }] } } });
    expect(bound['failure']).toMatchObject({ reason: 'bad', detail: expect.stringContaining(`\`${name}\``) });
  });

  it('is one of the rows that pass', async () => {
    const rule = await actor('find: { in: tasks, where: { open: false }, sort: -id, page: { number: 3, size: 10 }, as: found }', plan);
    const { found } = rule.ask().bound as { found: { rows: Row[]; total: number; next: number | null } };
    expect([ids(found.rows), found.total, found.next]).toEqual([[4, 2], 22, null]);
  });
});
