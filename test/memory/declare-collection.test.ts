import { describe, expect, it } from 'vitest';
import { makeFacts, makeRequest } from '../support/facts.ts';
import { checkWhere } from '../../src/memory/index.ts';
import { TestCompiler } from '../support/compiler.ts';
import { collectionOf, declare, told } from './make-collection.ts';

const seedOf = async (yaml: string, fixtures: Readonly<Record<string, string | Buffer>> = {}): Promise<readonly unknown[]> => [...(await collectionOf(yaml, fixtures)).seed.entries()].map(([, row]) => row);
const mistakesOf = async (yaml: string, fixtures: Readonly<Record<string, string | Buffer>> = {}, name?: string): Promise<readonly string[]> => told((await declare(yaml, fixtures, name)).mistakes);

describe('first rows', () => {
  const rows = [{ id: 1, job: 'Baker', open: true }, { id: 2, job: null, open: false }];

  it('come from CSV with a header line or without, JSON, YAML, or the file itself', async () => {
    const fixtures = {
      'a.csv': 'id,job,open\r\n1,Baker,true\r\n2,,false\r\n', 'b.CSV': '1,Baker,true\n2,,false', 'c.json': '[{"id":1,"job":"Baker","open":true},{"id":2,"job":null,"open":false}]',
      'd.yaml': '- { id: 1, job: Baker, open: true }\n- id: 2\n  job:\n  open: false\n', 'e.yml': '- &a { id: 1, job: Baker, open: true }\n- { id: 2, job: null, open: false }\n',
    };
    for (const yaml of ['rows: a.csv', 'rows: { file: b.CSV, columns: [id, job, open] }', 'rows: c.json', 'rows: d.yaml', 'rows: { file: e.yml }', 'rows: [{ id: 1, job: Baker, open: true }, { id: 2, job: null, open: false }]']) {
      expect(await seedOf(yaml, fixtures), yaml).toEqual(rows);
    }
  });

  it('are null-prototype maps under their keys, with the next number behind them', async () => {
    const { seed } = await collectionOf('rows: [{ id: 7, n: 1 }, { n: 2 }, { id: 2, n: 3 }, { id: null, n: 4 }]');
    expect([...seed.entries()]).toEqual([['7', { id: 7, n: 1 }], ['1', { id: 1, n: 2 }], ['2', { id: 2, n: 3 }], ['3', { id: 3, n: 4 }]]);
    expect(Object.getPrototypeOf(seed.get('7'))).toBeNull();
    expect(seed.nextKey).toBe(8);
    expect((await collectionOf('{}')).seed).toMatchObject({ size: 0, nextKey: 1 });
  });

  it('without UUIDs get the same ones at every start', async () => {
    const [first, second] = await seedOf('{ key: { type: uuid }, rows: [{ n: 1 }, { n: 2 }] }') as { id: string }[];
    expect(first!.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(second!.id).not.toBe(first!.id);
    expect(await seedOf('{ key: { type: uuid }, rows: [{ n: 1 }] }')).toEqual([first]);
  });

  it('in CSV have the types that the schema says, and columns the types of the schema or else of the rows', async () => {
    const { seed, columns } = await collectionOf("{ rows: a.csv, schema: { properties: { zip: { type: string }, hours: { type: ['null', number] }, level: { enum: [1, 2] } } } }", { 'a.csv': 'id,zip,hours,level,name,open\n1,99999,,2,x,true\n' });
    expect(seed.get('1')).toEqual({ id: 1, zip: '99999', hours: null, level: 2, name: 'x', open: true });
    expect(Object.fromEntries(columns)).toEqual({ id: 'number', zip: 'text', hours: 'number', level: 'number', name: 'text', open: 'boolean' });
  });

  it('keep the digits of large numbers, in every format', async () => {
    const fixtures = { 'a.csv': 'id,n\n1,9007199254740993', 'a.json': '[{"id":1,"n":9007199254740993}]', 'a.yaml': '- { id: 1, n: 9007199254740993 }' };
    for (const name of Object.keys(fixtures)) expect(await seedOf(`rows: ${name}`, fixtures), name).toEqual([{ id: 1, n: 9007199254740993n }]);
  });

  it('are read once, whichever scenarios declare them alike', async () => {
    const compiler = new TestCompiler();
    const fixture = { name: 'a.csv', path: '/a.csv', sizeBytes: 9, modifiedMs: 0, reads: 0, read(): Buffer {
      this.reads += 1;
      return Buffer.from('id,n\n1,2\n');
    }, sha256: () => '' };
    compiler.fixture = () => fixture;
    compiler.at = () => compiler;
    const { compileCollection } = await import('../../src/memory/index.ts');
    const [a, b] = [compileCollection('t', { rows: 'a.csv' }, compiler), compileCollection('t', { rows: 'a.csv' }, compiler)];
    expect(a!.seed).toBe(b!.seed);
    expect(fixture.reads).toBe(1);
  });
});

describe('mistakes at load', () => {
  it('name the file and line of each bad row, twenty of them', async () => {
    const csv = `id,job\n1,a\n2,a\n2,c\nx,d\n5,\n${Array.from({ length: 30 }, (_, i) => `${i + 10},`).join('\n')}`;
    const found = await mistakesOf('{ rows: jobs.csv, unique: [job], key: { type: given }, schema: { properties: { job: { type: string } } } }', { 'jobs.csv': csv });
    expect(found.slice(0, 3)).toEqual([
      'tasks.rows: jobs.csv line 3: `job`: jobs.csv line 2 has the value a already',
      'tasks.rows: jobs.csv line 4: `id`: the key 2 is that of jobs.csv line 3 already',
      'tasks.rows: jobs.csv line 6: `job`: expected text, got nothing',
    ]);
    expect(found).toHaveLength(2 + 20 + 1);
    expect(found.at(-1)).toBe('tasks.rows: and 11 more mistakes in these rows');
  });

  it('point at the row and field where rows stand in the file', async () => {
    expect(await mistakesOf('{ rows: [{ id: 1, n: x }, { id: 1 }, { n: "${{ now }}" }], schema: { properties: { n: { type: integer } }, required: [n] } }')).toEqual([
      'tasks.rows.2.n: First rows are not filled: `${{ … }}` has no meaning here; expected a plain value; got an expression; Write the value itself; `onInsert` fills fields of rows that are made later',
      'tasks.rows.1.id: Row 2: `id`: the key 1 is that of Row 1 already',
      'tasks.rows.0.n: Row 1: `n`: expected a whole number, got "x"',
      'tasks.rows.1: Row 2: `n`: expected a value (it is required), got nothing',
      'tasks.rows.2.n: Row 3: `n`: expected a whole number, got "${{ now }}"',
    ]);
  });

  it('say how keys that cannot be counted are declared', async () => {
    expect(await mistakesOf('{ key: code, rows: [{ code: a1 }] }')).toEqual(['tasks.rows.0.code: Row 1: `code`: expected a whole number, got a1; Write `key: { field: code, type: given }` where each row brings a key of its own kind']);
    expect(await mistakesOf('{ key: { field: code, type: given }, rows: [{ n: 1 }] }')).toEqual(['tasks.rows.0: Row 1: `code`: expected a key, got nothing']);
  });

  it('say what is wrong with a file of rows', async () => {
    const fixtures = { 'a.txt': '', 'b.json': '{"id":1}', 'c.json': '[1]', 'd.json': '[', 'e.csv': 'a,b\n1', 'f.yaml': '- a: 1\n  a: 2\n', 'g.yaml': `${'['.repeat(3000)}`, 'h.csv': Buffer.from([0x61, 0x0a, 0xff]), 'i.yaml': '- !!js/function x\n', 'j.yaml': '- &a [*a]\n', 'k.json': '['.repeat(100_000) };
    const wrong = async (rows: string): Promise<string> => (await mistakesOf(`rows: ${rows}`, fixtures)).join(' | ');
    expect(await wrong('a.txt')).toContain('expected a name that ends in `.csv`, `.json`, `.yaml` or `.yml`');
    expect(await wrong('b.json')).toBe('tasks.rows: The fixture b.json holds no rows; expected a list of maps; got a map');
    expect(await wrong('c.json')).toBe('tasks.rows: c.json row 1 is no row; expected a map of fields; got 1');
    expect(await wrong('d.json')).toMatch(/^tasks\.rows: The fixture d\.json cannot be read: /);
    expect(await wrong('k.json')).toContain('deeper than 200 levels');
    expect(await wrong('e.csv')).toBe('tasks.rows: The fixture e.csv cannot be read: line 2: expected 2 cells, as the header line has, got 1');
    expect(await wrong('{ file: e.csv, columns: [a, b, c] }')).toBe('tasks.rows.file: The fixture e.csv cannot be read: line 1: expected 3 cells, as `columns` has names, got 2');
    expect(await wrong('{ file: b.json, columns: [a] }')).toContain('`columns` is for CSV');
    expect(await wrong('f.yaml')).toBe('tasks.rows: The fixture f.yaml cannot be read: the key "a" is there twice, line 2');
    expect(await wrong('g.yaml')).toMatch(/cannot be read/);
    expect(await wrong('h.csv')).toBe('tasks.rows: The fixture h.csv cannot be read: it is not UTF-8');
    expect(await wrong('i.yaml')).toMatch(/Unresolved tag/);
    expect(await wrong('j.yaml')).toMatch(/deeper than 100 levels/);
    expect(await wrong('gone.csv')).toContain('There is no fixture `gone.csv`');
  });

  it('know foreign words, bad names and names of the language', async () => {
    expect((await mistakesOf('{ primaryKey: id }')).join()).toContain('Write `key`');
    expect((await mistakesOf('{ key: { field: id, type: serial } }')).join()).toContain('expected `counted`, `uuid` or `given`');
    expect((await mistakesOf('{}', {}, 'Hired-Employees')).join()).toContain('Write `hired_employees`');
    expect((await mistakesOf('{}', {}, 'body')).join()).toContain('`body` is a name of the language');
  });

  it('hold what is declared against a schema that names all fields', async () => {
    const schema = 'schema: { type: object, properties: { name: { type: string } }, additionalProperties: false }';
    expect(await mistakesOf(`{ unique: [nmae], ${schema} }`)).toEqual(['tasks.unique.0: The schema allows no field `nmae`; expected one of `name`; got `nmae`; Did you mean `name`?']);
    expect((await mistakesOf(`{ key: { field: code, type: given }, ${schema} }`)).join()).toContain('tasks.key: The schema allows no field `code`');
    expect((await mistakesOf('{ onWrite: { id: 1 } }')).join()).toContain('`id` is the key, which cannot change at every write');
    const compiler = new TestCompiler();
    const collection = await collectionOf(`{ onWrite: { changed: x }, ${schema} }`);
    checkWhere({ nmae: 'x', name: 'y', id: 1, changed: 'x' }, collection, compiler);
    expect(told(compiler.mistakes)).toEqual(['nmae: Rows of `tasks` have no field nmae; expected one of `name`, `id`, `changed`; got nmae; Did you mean `name`?']);
  });

  it('tell of schemas that cannot be used', async () => {
    expect((await mistakesOf('{ schema: { type: strin } }')).join()).toContain('tasks.schema: The JSON Schema is not valid at `type`');
    expect((await mistakesOf('{ schema: s.json }', { 's.json': '[]' })).join()).toContain('tasks.schema: The fixture `s.json` holds no JSON Schema');
    expect((await mistakesOf('{ schema: s.yaml }', { 's.yaml': 'type: [' })).join()).toContain('cannot be read as a JSON Schema');
  });
});

describe('a collection', () => {
  it('tells every problem of a row in its own words', async () => {
    const { check } = await collectionOf('{ schema: s.yaml }', { 's.yaml': 'type: object\nrequired: [name, at]\nproperties:\n  name: { type: string, maxLength: 3 }\n  tags: { items: { type: boolean } }\n  level: { enum: [1, 2] }\n' });
    expect(check({ name: 'long', tags: [1], level: 9 })).toEqual([
      { field: 'at', expected: 'a value (it is required)', got: 'nothing', message: '`at`: expected a value (it is required), got nothing' },
      { field: 'name', expected: 'at most 3 characters', got: '"long"', message: '`name`: expected at most 3 characters, got "long"' },
      { field: 'tags[0]', expected: 'true or false', got: '1', message: '`tags[0]`: expected true or false, got 1' },
      { field: 'level', expected: 'one of 1, 2', got: '9', message: '`level`: expected one of 1, 2, got 9' },
    ]);
    expect(check({ name: 'ok', at: 1 })).toEqual([]);
  });

  it('does not hold the fields that the server fills against a schema that names only the client\'s', async () => {
    const { check } = await collectionOf('{ onInsert: { made: x }, onWrite: { changed: y }, schema: { properties: { name: {} }, additionalProperties: false } }');
    expect(check({ id: 1, name: 'a', made: 'x', changed: 'y' })).toEqual([]);
    expect(check({ id: 1, other: 1 })).toMatchObject([{ field: 'other', message: '`other`: expected no such key, got 1' }]);
  });

  it('takes key, unique fields and stamps as they are declared', async () => {
    const collection = await collectionOf("{ key: { field: code, type: uuid }, unique: [code, mail, mail], onInsert: { made: '${{ request.method }}' }, onWrite: { n: 1 } }");
    expect(collection).toMatchObject({ name: 'tasks', key: { field: 'code', type: 'uuid' }, unique: ['mail'], closed: false, filled: ['made'] });
    expect(collection.stamps.insert?.render(makeFacts(makeRequest({ method: 'PUT' })))).toEqual({ made: 'PUT' });
    expect(collection.stamps.write?.fixed).toBe(true);
    expect((await collectionOf('{ key: nr }')).key).toEqual({ field: 'nr', type: 'counted' });
    expect((await collectionOf('{}')).stamps).toEqual({ insert: null, write: null });
  });

  it('of 100,000 CSV rows with a schema loads in well under a second', async () => {
    const csv = Array.from({ length: 100_000 }, (_, i) => `${i + 1},"Name, ${i}",2021-11-07T02:48:42Z,${i % 12 || ''},${i % 99}`).join('\n');
    await collectionOf('{ schema: { type: object } }');
    const begun = performance.now();
    const { seed } = await collectionOf("{ rows: { file: big.csv, columns: [id, name, datetime, department_id, job_id] }, schema: { required: [name], properties: { name: { type: string }, department_id: { type: [integer, 'null'] } } } }", { 'big.csv': csv });
    expect(performance.now() - begun).toBeLessThan(1500);
    expect(seed).toMatchObject({ size: 100_000, nextKey: 100_001 });
    expect(seed.get('12')).toEqual({ id: 12, name: 'Name, 11', datetime: '2021-11-07T02:48:42Z', department_id: 11, job_id: 11 });
  });
});
