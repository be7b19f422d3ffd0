import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Client, closedColumns, makeCollection } from './client.ts';

const people = [
  { id: 1, name: 'Ann', age: 30, team: 'red', open: true },
  { id: 2, name: 'Bob', age: 25, team: 'blue', open: false },
  { id: 3, name: 'Cid', age: 30, team: 'red', open: false },
  { id: 4, name: 'Dan', age: 41, team: 'blue', open: true },
];
const columns = { id: 'number', name: 'text', age: 'number', team: 'text', open: 'boolean' } as const;
const open = makeCollection('people', people, { columns: closedColumns(columns).columns });
const closed = makeCollection('people', people, closedColumns(columns));

const ids = (rows: readonly { id: unknown }[]): unknown[] => rows.map(({ id }) => id);
const numbered = (count: number, rest: object = {}): { id: number; n: number }[] => Array.from({ length: count }, (_, index) => ({ id: index + 1, n: index % 7, ...rest }));

describe('a list without `page`', () => {
  const client = new Client('/people: people', [open]);

  it('is whole, in the order of insertion, with its total', async () => {
    const reply = await client.get('/people');
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/json', 'x-total-count': '4' } });
    expect(reply.headers['link']).toBeUndefined();
    expect(reply.json).toEqual(people);
  });

  it('has an ETag that follows from what it holds', async () => {
    const [all, again, some] = [await client.get('/people'), await client.get('/people'), await client.get('/people?age=30')];
    expect(all.etag).toBe(again.etag);
    expect(all.etag).not.toBe(some.etag);
  });

  it('filters by a value, read as the type of the column', async () => {
    expect(ids((await client.get('/people?age=30')).json)).toEqual([1, 3]);
    expect(ids((await client.get('/people?age=30.0')).json)).toEqual([1, 3]);
    expect(ids((await client.get('/people?open=true&team=red')).json)).toEqual([1]);
    expect((await client.get('/people?age=030')).json).toEqual([]);
    expect((await client.get('/people?name=Ann%20')).json).toEqual([]);
  });

  it('takes any of several values of one filter', async () => {
    expect(ids((await client.get('/people?name=Ann&name=Dan')).json)).toEqual([1, 4]);
  });

  it('has operators: gt, gte, lt, lte, ne, like', async () => {
    expect(ids((await client.get('/people?age_gt=30')).json)).toEqual([4]);
    expect(ids((await client.get('/people?age_gte=30&age_lt=41')).json)).toEqual([1, 3]);
    expect(ids((await client.get('/people?age_lte=25')).json)).toEqual([2]);
    expect(ids((await client.get('/people?name_ne=Ann&name_ne=Bob')).json)).toEqual([3, 4]);
    expect(ids((await client.get('/people?name_like=A')).json)).toEqual([1, 4]);
    expect(ids((await client.get('/people?name_gte=C')).json)).toEqual([3, 4]);
  });

  it('takes a column for itself, even if it is named like an operator', async () => {
    const odd = new Client('/odd: odd', [makeCollection('odd', [{ id: 1, size_lte: 5 }, { id: 2, size_lte: 6 }], { columns: new Map([['id', 'number'], ['size_lte', 'number']]) })]);
    expect(ids((await odd.get('/odd?size_lte=6')).json)).toEqual([2]);
  });

  it('compares exactly, however many digits', async () => {
    const big = new Client('/big: big', [makeCollection('big', [{ id: 9007199254740993n }, { id: 9007199254740992n }], { columns: new Map([['id', 'number']]) })]);
    expect(ids((await big.get('/big?id=9007199254740993')).json)).toEqual([9007199254740993n]);
    expect(ids((await big.get('/big?id_gt=9007199254740992')).json)).toEqual([9007199254740993n]);
  });

  it('looks into maps by a dotted name, and finds null by its name', async () => {
    const nested = new Client('/n: n', [makeCollection('n', [{ id: 1, address: { city: 'Rome' }, boss: null }, { id: 2, address: { city: 'Oslo' }, boss: 1 }, { id: 3, address: 'x' }])]);
    expect(ids((await nested.get('/n?address.city=Oslo')).json)).toEqual([2]);
    expect(ids((await nested.get('/n?boss=null')).json)).toEqual([1]);
    expect((await nested.get('/n?address.constructor.name=Object')).json).toEqual([]);
    expect((await nested.get('/n?__proto__=x&constructor=y')).json).toEqual([]);
  });

  it('sorts by several fields, each way, and keeps what is missing last', async () => {
    expect(ids((await client.get('/people?sort=-age,name')).json)).toEqual([4, 1, 3, 2]);
    expect(ids((await client.get('/people?sort=team,-id')).json)).toEqual([4, 2, 3, 1]);
    const gaps = new Client('/g: g', [makeCollection('g', [{ id: 1, a: null }, { id: 2, a: 2 }, { id: 3 }, { id: 4, a: 10 }])]);
    expect(ids((await gaps.get('/g?sort=a')).json)).toEqual([2, 4, 1, 3]);
    expect(ids((await gaps.get('/g?sort=-a')).json)).toEqual([4, 2, 1, 3]);
  });

  it('sorts anew when rows have changed', async () => {
    const own = new Client('/people: people', [open]);
    expect(ids((await own.get('/people?sort=-age')).json)[0]).toBe(4);
    await own.send('PATCH', '/people/2', { body: { age: 99 } });
    expect(ids((await own.get('/people?sort=-age')).json)[0]).toBe(2);
  });

  it('gives chosen fields, in the order asked for', async () => {
    const { json } = await client.get('/people?fields=name,id&id=2');
    expect(JSON.stringify(json)).toBe('[{"name":"Bob","id":2}]');
    expect((await client.get('/people/2?fields=age')).json).toEqual({ age: 25 });
  });

  it('comes in pages as soon as a client asks for one', async () => {
    const reply = await client.get('/people?size=3&team_ne=none&page=1');
    expect(ids(reply.json)).toEqual([1, 2, 3]);
    expect(reply.headers['x-total-count']).toBe('4');
    expect(reply.headers['link']).toBe('</people?size=3&team_ne=none&page=1>; rel="first", </people?size=3&team_ne=none&page=2>; rel="next", </people?size=3&team_ne=none&page=2>; rel="last"');
    const second = await client.get('/people?size=3&page=2');
    expect(ids(second.json)).toEqual([4]);
    expect(second.headers['link']).toContain('</people?size=3&page=1>; rel="prev"');
    expect(second.headers['link']).not.toContain('rel="next"');
  });

  it('understands `limit` where the file does not name the size of a page', async () => {
    const reply = await client.get('/people?limit=3');
    expect(ids(reply.json)).toEqual([1, 2, 3]);
    expect(reply.headers['link']).toContain('</people?limit=3&page=2>; rel="next"');
    expect(ids((await client.get('/people?limit=3&page=2')).json)).toEqual([4]);
    expect((await client.get('/people?limit=0')).problem!.detail).toContain('query `limit`: expected a whole number from');
  });

  it('gives an empty page beyond the last', async () => {
    const reply = await client.get('/people?page=9&size=3');
    expect(reply).toMatchObject({ status: 200, json: [], headers: { 'x-total-count': '4' } });
    expect(reply.headers['link']).toContain('</people?size=3&page=2>; rel="prev"');
  });

  it.each(['page=0', 'page=x', 'page=-1', 'page=1.5', 'size=0', 'size=1001', 'page=1&page=2', 'page=99999999999999999999'])('answers 400 to %s', async (query) => {
    const reply = await client.get(`/people?${query}`);
    expect(reply.status).toBe(400);
    expect(reply.problem!.detail).toMatch(/^query `(page|size)`: expected (a whole number from|one value)/);
  });

  it('answers 400 to a bound on numbers that is none', async () => {
    expect(await client.get('/people?age_gt=old')).toMatchObject({ status: 400, problem: { detail: 'query `age_gt`: expected a number, got old' } });
  });

  it('takes no more than 200 values of filters', async () => {
    const values = (count: number): string => Array.from({ length: count }, (_, index) => `id=${index}`).join('&');
    expect((await client.get(`/people?${values(200)}`)).json).toHaveLength(4);
    expect((await client.get(`/people?${values(201)}`)).status).toBe(400);
  });

  it('lets an unknown filter match nothing where rows may have any field', async () => {
    expect((await client.get('/people?colour=red')).json).toEqual([]);
  });

  it('answers 400 to unknown fields where the schema is closed, with the likely one', async () => {
    const strict = new Client('/people: people', [closed]);
    expect((await strict.get('/people?nmae=Ann')).problem!.detail).toBe('query `nmae`: expected a field of `people` or one of `page`, `size`, `sort`, `fields`, got nmae. Did you mean `name`?');
    expect((await strict.get('/people?agee_gt=3')).status).toBe(400);
    expect((await strict.get('/people?sort=nam')).problem!.detail).toBe('query `sort`: expected fields of `people`, got nam. Did you mean `name`?');
    expect((await strict.get('/people?fields=id,nam')).status).toBe(400);
    expect((await strict.get('/people?age_gt=3&sort=-name&fields=id')).status).toBe(200);
  });

  it('takes no filter of a query parameter that carries a secret', async () => {
    const keyed = new Client('/people: people', [closed], ['api_key']);
    expect((await keyed.get('/people?api_key=s3cret&id=1')).json).toHaveLength(1);
  });

  it('filters by a column that is named like a parameter, unless the file names the parameter', async () => {
    const shirts = makeCollection('shirts', [{ id: 1, size: 'L' }, { id: 2, size: 'M' }], { columns: new Map([['id', 'number'], ['size', 'text']]) });
    expect(ids((await new Client('/shirts: shirts', [shirts]).get('/shirts?size=M')).json)).toEqual([2]);
    expect(ids((await new Client('/shirts: { of: shirts, page: { params: { size: per_page } } }', [shirts]).get('/shirts?size=M&per_page=1&page=1')).json)).toEqual([2]);
  });

  it('keeps exact numbers and letters of any alphabet', async () => {
    const exact = new Client('/x: x', [makeCollection('x', [{ id: 9007199254740993n, name: 'Zoë 🦊' }])]);
    expect((await exact.get('/x?name=Zo%C3%AB+%F0%9F%A6%8A')).json).toEqual([{ id: 9007199254740993n, name: 'Zoë 🦊' }]);
    expect((await exact.get('/x?name=Zo%C3%AB+%F0%9F%A6%8A&size=1')).headers['link']).toContain('</x?name=Zo%C3%AB+%F0%9F%A6%8A&size=1&page=1>; rel="first"');
  });
});

describe('a list with `page`', () => {
  const rows = numbered(45);
  const collection = makeCollection('things', rows, { columns: new Map([['id', 'number'], ['n', 'number']]) });

  it('comes in pages of 20 by number when nothing is said', async () => {
    const client = new Client('/things: { of: things, page: {} }', [collection]);
    const reply = await client.get('/things');
    expect(reply.json).toHaveLength(20);
    expect(reply.headers['link']).toBe('</things?page=1>; rel="first", </things?page=2>; rel="next", </things?page=3>; rel="last"');
  });

  it('by offset says where to go on', async () => {
    const client = new Client('/things: { of: things, page: { by: offset, size: 10, items: data, next: next, total: count } }', [collection]);
    const first = await client.get('/things?limit=30');
    expect(first.json).toMatchObject({ next: 30, count: 45 });
    const second = await client.get('/things?limit=30&offset=30');
    expect(second.json.next).toBeNull();
    expect(ids(second.json.data)[0]).toBe(31);
    expect(second.headers['link']).toBe('</things?limit=30&offset=0>; rel="first", </things?limit=30&offset=0>; rel="prev", </things?limit=30&offset=30>; rel="last"');
    expect((await client.get('/things?offset=-1')).status).toBe(400);
  });

  it('by number puts the number of the next page beside the list', async () => {
    const client = new Client('/things: { of: things, page: { size: 40, items: data, next: next } }', [collection]);
    expect((await client.get('/things')).json.next).toBe(2);
    expect((await client.get('/things?page=2')).json.next).toBeNull();
  });

  it('by cursor under the names of the file', async () => {
    const client = new Client('/things: { of: things, page: { by: cursor, size: 20, params: { cursor: after, size: take }, items: items, next: next } }', [collection]);
    const first = await client.get('/things?take=44');
    expect(Object.keys(first.json)).toEqual(['items', 'next']);
    expect(first.json.next).toMatch(/^[\w-]+$/);
    expect(first.headers['link']).toContain(`</things?take=44&after=${first.json.next}>; rel="next"`);
    expect(first.headers['link']).toContain('</things?take=44>; rel="first"');
    const last = await client.get(`/things?take=44&after=${first.json.next}`);
    expect(last.json).toEqual({ items: [rows[44]], next: null });
  });

  it('by none is always whole', async () => {
    const client = new Client('/things: { of: things, page: { by: none, items: items, total: total } }', [collection]);
    const reply = await client.get('/things');
    expect(reply.json.items).toHaveLength(45);
    expect(reply.json.total).toBe(45);
    expect(reply.headers['link']).toBeUndefined();
  });

  it('answers 400 to a cursor that it never gave', async () => {
    const client = new Client('/things: { of: things, page: { by: cursor } }', [collection]);
    const sorted = /cursor=([\w-]+)/.exec((await client.get('/things?sort=n')).headers['link']!)![1]!;
    for (const cursor of ['x', '!!', 'e30', Buffer.from('["inserted","1"]').toString('base64url'), Buffer.from('["sorted","n","1",[1,2]]').toString('base64url'), 'A'.repeat(9000)]) {
      expect(await client.get(`/things?cursor=${encodeURIComponent(cursor)}`), cursor).toMatchObject({ status: 400 });
    }
    expect((await client.get(`/things?sort=-n&cursor=${sorted}`)).problem!.detail).toContain('expected a cursor of the same order');
  });

  it('goes on in the order of the cursor when the client does not repeat it', async () => {
    const client = new Client('/things: { of: things, page: { by: cursor, size: 30, items: items, next: next } }', [collection]);
    const first = await client.get('/things?sort=-n');
    const second = await client.get(`/things?cursor=${first.json.next}`);
    expect(ids([...first.json.items, ...second.json.items])).toEqual(ids((await client.get('/things?sort=-n&limit=45')).json.items));
  });

  it('carries a cursor over values too long for one', async () => {
    const long = makeCollection('long', ['b', 'a', 'c'].map((letter, index) => ({ id: index + 1, text: letter.repeat(5000) })));
    const client = new Client('/long: { of: long, page: { by: cursor, size: 1, items: items, next: next } }', [long]);
    const first = await client.get('/long?sort=text');
    expect(first.json.next.length).toBeLessThan(200);
    expect(ids((await client.get(`/long?cursor=${first.json.next}`)).json.items)).toEqual([1]);
    await client.send('DELETE', '/long/2');
    expect((await client.get(`/long?cursor=${first.json.next}`)).status).toBe(400);
  });
});

describe('paging in any style', () => {
  const styles = ['by: number', 'by: offset', 'by: cursor'];
  const row = fc.record({ a: fc.option(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y'), fc.boolean()), { nil: null }), b: fc.integer({ min: 0, max: 2 }) });

  /** All pages, one after the other, by the link to the next. */
  async function walk(client: Client, url: string, between: (page: readonly { id: number }[]) => Promise<void> = async () => undefined): Promise<unknown[]> {
    const seen: unknown[] = [];
    for (let next: string | undefined = url; next !== undefined;) {
      const reply = await client.get(next);
      expect(reply.status).toBe(200);
      seen.push(...ids(reply.json));
      await between(reply.json as { id: number }[]);
      next = /<([^>]*)>; rel="next"/.exec(reply.headers['link'] ?? '')?.[1];
    }
    return seen;
  }

  it('gives every row exactly once, in the order of the whole list', async () => {
    await fc.assert(fc.asyncProperty(fc.array(row, { maxLength: 25 }), fc.integer({ min: 1, max: 7 }), fc.constantFrom('', 'sort=a', 'sort=-a,b', 'sort=b&b_gt=0', 'b=1&b=2'), async (rows, size, query) => {
      const collection = makeCollection('rows', rows.map((one, index) => ({ id: (index * 7) % 31, ...one })));
      const whole = ids((await new Client('/rows: rows', [collection]).get(`/rows?${query}`)).json);
      for (const style of styles) {
        const client = new Client(`/rows: { of: rows, page: { ${style}, size: ${size} } }`, [collection]);
        expect(await walk(client, `/rows?${query}`), style).toEqual(whole);
      }
    }), { numRuns: 60 });
  });

  it('by cursor misses no row and repeats none while others come and go', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom('', 'sort=b', 'sort=-b,a'), fc.integer({ min: 1, max: 4 }), fc.array(fc.nat({ max: 30 }), { maxLength: 8 }), async (query, size, removals) => {
      const collection = makeCollection('rows', Array.from({ length: 20 }, (_, index) => ({ id: index + 1, a: index % 3, b: (index * 5) % 4 })));
      const client = new Client(`/rows: { of: rows, page: { by: cursor, size: ${size} } }`, [collection]);
      const doomed = [...removals];
      const removed = new Set<unknown>();
      const seen = await walk(client, `/rows?${query}`, async () => {
        const id = doomed.shift();
        if (id === undefined) return;
        if ((await client.send('DELETE', `/rows/${id}`)).status === 204) removed.add(id);
      });
      expect(new Set(seen).size).toBe(seen.length);
      for (let id = 1; id <= 20; id += 1) if (!removed.has(id)) expect(seen).toContain(id);
    }), { numRuns: 60 });
  });

  it('by cursor reaches every row though each page is removed once it is read', async () => {
    for (const query of ['', 'sort=n']) {
      const client = new Client('/rows: { of: rows, page: { by: cursor, size: 4 } }', [makeCollection('rows', numbered(18))]);
      const seen = await walk(client, `/rows?${query}`, async (page) => {
        for (const { id } of page) await client.send('DELETE', `/rows/${id}`);
      });
      expect(seen).toHaveLength(18);
      expect(client.rows('rows')).toEqual([]);
    }
  });

  it('by cursor goes on after both rows at the cut are gone', async () => {
    const client = new Client('/rows: { of: rows, page: { by: cursor, size: 4, items: items, next: next } }', [makeCollection('rows', numbered(9))]);
    const { json } = await client.get('/rows');
    await client.send('DELETE', '/rows/4');
    await client.send('DELETE', '/rows/5');
    expect(ids((await client.get(`/rows?cursor=${json.next}`)).json.items)).toEqual([6, 7, 8, 9]);
  });

  it('reaches the last page of 100,000 rows, filtered and sorted too', async () => {
    const client = new Client('/rows: { of: rows, page: { size: 100 } }', [makeCollection('rows', numbered(100_000))]);
    expect(ids((await client.get('/rows?page=1000')).json).at(-1)).toBe(100_000);
    expect((await client.get('/rows?page=1000&sort=-n,id&n_gte=0')).json).toHaveLength(100);
  });
});
