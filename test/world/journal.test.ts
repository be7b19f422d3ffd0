import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createJournal, isUnmatched } from '../../src/world/journal.ts';
import { body, draft } from '../admin/fake-control.ts';

const ids = (journal: ReturnType<typeof createJournal>, filter = {}): readonly string[] => journal.list(filter)!.items.map((item) => item.id);

describe('the ring', () => {
  it('keeps the newest and drops the oldest when it is full', () => {
    const journal = createJournal({ capacity: 3 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) journal.record(draft({ id }));
    expect(ids(journal)).toEqual(['e', 'd', 'c']);
    expect(journal.size).toBe(3);
  });

  it('drops the oldest when bodies fill its bytes', async () => {
    const journal = createJournal({ capacity: 1000, maxBytes: 100_000 });
    for (let index = 0; index < 20; index += 1) journal.record(draft({ id: `x${index}`, replyBody: body('y'.repeat(20_000), 'text/plain') }));
    expect(journal.bytes).toBeLessThanOrEqual(100_000);
    expect(ids(journal)).toEqual(['x19', 'x18', 'x17', 'x16']);
    expect(await journal.get('x0')).toBeNull();
  });

  it('keeps one exchange that alone is over the bytes, and no other', () => {
    const journal = createJournal({ maxBytes: 1000 });
    journal.record(draft({ id: 'small' }));
    journal.record(draft({ id: 'large', replyBody: body('y'.repeat(5000), 'text/plain') }));
    expect(ids(journal)).toEqual(['large']);
  });

  it('does not count the body of a fixed reply, which lives elsewhere', () => {
    const journal = createJournal({ maxBytes: 50_000 });
    const shared = { ...body('y'.repeat(40_000), 'text/plain'), shared: true };
    for (let index = 0; index < 20; index += 1) journal.record(draft({ replyBody: shared }));
    expect(journal.size).toBe(20);
  });

  it('does not keep a large read alive for a small slice of it', async () => {
    const read = Buffer.alloc(1_000_000, 'z');
    const journal = createJournal();
    const kept = journal.record(draft({ id: 'slice', requestBody: { preview: read.subarray(10, 60), sizeBytes: 50, sha256: null, type: 'text/plain' } }));
    expect(kept.requestBody!.preview.buffer.byteLength).toBeLessThan(100_000);
    expect((await journal.get('slice'))!.request.body.text).toBe('z'.repeat(50));
  });

  it('cuts a preview over 64 KiB and still tells the hash of all', async () => {
    const journal = createJournal();
    const bytes = Buffer.alloc(70_000, 'a');
    journal.record(draft({ id: 'long', replyBody: body(bytes, 'text/plain') }));
    const { reply } = (await journal.get('long'))!;
    expect(reply.body.text).toHaveLength(65_536);
    expect(reply.body.sizeBytes).toBe(70_000);
    expect(reply.body.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});

describe('an exchange that is like one before it', () => {
  const later = { id: 'again', atMs: Date.UTC(2026, 10, 21), durationMs: 1.5 };
  const repeated = (options: Parameters<typeof createJournal>[0] = {}, like = {}) => {
    const journal = createJournal(options);
    const kept = journal.record(draft({ id: 'first', requestHeaders: ['Authorization', 'Bearer abcdef'], replyBody: body('hello', 'text/plain'), ...like }));
    const repeat = () => journal.repeat(kept, later.id, later.atMs, later.durationMs);
    return { journal, kept, repeat };
  };

  it('is listed, found and shown in full with its own id, time and duration', async () => {
    const { journal, repeat } = repeated();
    repeat();
    const [again, first] = journal.list()!.items;
    expect(again).toEqual({ ...first, id: 'again', at: '2026-11-21T00:00:00.000Z', durationMs: 1.5 });
    const [one, two] = [(await journal.get('first'))!, (await journal.get('again'))!];
    expect(two).toEqual({ ...one, id: 'again', at: again!.at, durationMs: 1.5, reply: { ...one.reply, headers: { ...one.reply.headers, 'rehearsal-exchange': 'again' } } });
    expect(JSON.stringify(two)).not.toContain('abcdef');
    expect(journal.find('again')).toMatchObject(later);
    expect(journal.kept().map(({ id }) => id)).toEqual(['first', 'again']);
    expect(journal.list({ after: 'again' })!.items.map(({ id }) => id)).toEqual(['first']);
  });

  it('counts against capacity and bytes, and goes with its session', () => {
    const { journal, kept } = repeated({ capacity: 3 });
    for (const id of ['a', 'b', 'c', 'd']) journal.repeat(kept, id, 1, 1);
    expect(ids(journal)).toEqual(['d', 'c', 'b']);
    expect(journal.dropped(kept.session)).toBe(2);
    expect(journal.bytes).toBeGreaterThan(300);
    expect(journal.clear(kept.session)).toBe(3);
    expect([journal.size, journal.bytes]).toEqual([0, 0]);
  });

  it('survives the clearing of another session as it is', () => {
    const { journal, kept, repeat } = repeated();
    repeat();
    journal.record(draft({ id: 'other', session: 'other' }));
    journal.clear('other');
    expect(journal.find('again')).toEqual({ ...kept, ...later });
  });

  it('is heard of by listeners and written to the disk like any other', () => {
    const appended: unknown[] = [];
    const heard: string[] = [];
    const { journal, kept, repeat } = repeated({ keep: { earlier: [], append: (one) => appended.push(one), amend: () => {}, replace: () => {} } });
    journal.subscribe(({ id }) => heard.push(id));
    repeat();
    expect(appended.at(-1)).toEqual({ ...kept, ...later });
    expect(heard).toEqual(['again']);
  });

  it('has callbacks of its own', async () => {
    const { journal, repeat } = repeated();
    repeat();
    journal.noteCallback('again', { at: '2026-11-21T00:00:01.000Z', method: 'POST', url: 'https://localhost/hook', attempt: 1, status: 200, error: null, durationMs: 3 });
    expect((await journal.get('again'))!).toMatchObject({ id: 'again', durationMs: 1.5, callbacks: [{ attempt: 1 }] });
    expect((await journal.get('first'))!.callbacks).toEqual([]);
  });
});

describe('an exchange', () => {
  it('has exactly the names of the contract, in the list and in full', async () => {
    const journal = createJournal();
    journal.record(draft({ id: 'one' }));
    const listed = ['at', 'durationMs', 'fault', 'id', 'method', 'nearest', 'note', 'rule', 'scenario', 'session', 'status', 'url', 'violations'];
    expect(Object.keys(journal.list()!.items[0]!).sort()).toEqual(listed);
    const full = (await journal.get('one'))!;
    expect(Object.keys(full).sort()).toEqual([...listed, 'callbacks', 'reply', 'request'].sort());
    expect(full.at).toMatch(/^2026-01-01T00:00:0\d\.\d{3}Z$/);
    expect(full.durationMs).toBe(1.235);
    expect(full.request.headers).toEqual({ host: 'localhost:5000', accept: '*/*' });
    expect(full.request.body).toEqual({ text: null, base64: null, sizeBytes: 0, sha256: createHash('sha256').digest('hex') });
  });

  it('shows text as text, bytes as base64, and text of another charset as text', async () => {
    const journal = createJournal();
    journal.record(draft({ id: 'a', requestBody: body('{"name":"Ünïcode"}'), replyBody: body(Buffer.from([0x50, 0x4b, 3, 4, 0, 255]), 'application/zip') }));
    journal.record(draft({ id: 'b', requestBody: body(Buffer.from('caf\xe9', 'latin1'), 'text/plain; charset=iso-8859-1') }));
    const a = (await journal.get('a'))!;
    expect(a.request.body.text).toBe('{"name":"Ünïcode"}');
    expect(a.reply.body).toMatchObject({ text: null, base64: 'UEsDBAD/' });
    expect((await journal.get('b'))!.request.body.text).toBe('café');
  });

  it('leaves out a letter that the end of the preview cut in two', async () => {
    const journal = createJournal();
    journal.record(draft({ id: 'cut', replyBody: { preview: Buffer.from('aé').subarray(0, 2), sizeBytes: 3, sha256: 'f'.repeat(64), type: 'text/plain' } }));
    expect((await journal.get('cut'))!.reply.body.text).toBe('a');
  });

  it('asks for a hash only when somebody looks', async () => {
    let asked = 0;
    const journal = createJournal();
    journal.record(draft({ id: 'lazy', replyBody: { preview: Buffer.from('x'), sizeBytes: 9, sha256: async () => ((asked += 1), 'e'.repeat(64)), type: null } }));
    expect(asked).toBe(0);
    expect((await journal.get('lazy'))!.reply.body.sha256).toBe('e'.repeat(64));
    expect(asked).toBe(1);
  });

  it('is null when it is not there', async () => {
    expect(await createJournal().get('nothing')).toBeNull();
  });
});

describe('the list', () => {
  const journal = createJournal();
  const rule = { route: 'POST /tasks/report', name: 'refuse', file: 'scenarios/cleaner/reject.yaml', line: 12 };
  const violation = { at: 'query.id', expected: '1', got: '2', text: 'query `id`: expected 1, got 2' };
  journal.record(draft({ id: 'plain', url: '/xyz/tasks?page=2' }));
  journal.record(draft({ id: 'other', session: 'alice', url: '/@cleaner:alice/xyz/tasks', path: '/xyz/tasks' }));
  journal.record(draft({ id: 'gone', status: 404, rule: null, url: '/xyz/task', nearest: [{ route: 'GET /xyz/tasks', name: null, file: 'a', line: 1, because: ['path'] }] }));
  journal.record(draft({ id: 'post', method: 'POST', status: 422, rule, url: '/xyz/tasks/report', violations: [violation] }));
  journal.record(draft({ id: 'lost', status: null, rule, url: '/xyz/a%20b', fault: 'reset' }));
  journal.record(draft({ id: 'tls', method: 'TLS', status: null, rule: null, url: '', note: 'the client does not trust the CA' }));

  it.each([
    [{ session: 'alice' }, ['other']],
    [{ status: 404 }, ['gone']],
    [{ status: '4xx' }, ['post', 'gone']],
    [{ status: '2xx' }, ['other', 'plain']],
    [{ status: 'none' }, ['tls', 'lost']],
    [{ path: '/xyz/tasks' }, ['other', 'plain']],
    [{ path: '/xyz/tasks*' }, ['post', 'other', 'plain']],
    [{ path: '*/report' }, ['post']],
    [{ path: '/@cleaner:alice*' }, ['other']],
    [{ path: '/xyz/a b' }, ['lost']],
    [{ path: '/xyz/a%20b' }, ['lost']],
    [{ path: '/xyz' }, []],
    [{ rule: 'refuse' }, ['lost', 'post']],
    [{ rule: 'POST /tasks/report' }, ['lost', 'post']],
    [{ rule: 'scenarios/cleaner/reject.yaml:12' }, ['lost', 'post']],
    [{ rule: 'reject.yaml:12' }, ['lost', 'post']],
    [{ rule: 'reject.yaml:1' }, []],
    [{ unmatched: true }, ['gone']],
    [{ unmatched: false }, ['tls', 'lost', 'post', 'other', 'plain']],
    [{ violations: true }, ['post']],
    [{ violations: false, session: 'alice' }, ['other']],
    [{ status: '4xx', unmatched: true, path: '/xyz/*' }, ['gone']],
  ])('narrows by %j', (filter, expected) => {
    expect(ids(journal, filter)).toEqual(expected);
    expect(journal.list(filter)!.total).toBe(expected.length);
  });

  it('counts as unmatched what no rule answered, not what ended without a status', () => {
    expect(isUnmatched({ rule: null, status: 404, nearest: [] })).toBe(true);
    expect(isUnmatched({ rule: null, status: 204, nearest: [] })).toBe(false);
    expect(isUnmatched({ rule: null, status: null, nearest: [] })).toBe(false);
  });

  it('gives page after page, each exchange once, while new ones come in', () => {
    const long = createJournal();
    for (let index = 0; index < 25; index += 1) long.record(draft({ id: `n${index}` }));
    const seen: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const page = long.list({ limit: 10, after })!;
      seen.push(...page.items.map((item) => item.id));
      long.record(draft({ id: `new${pages}` }));
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `n${24 - index}`));
  });

  it('has no next page when the last one is just full', () => {
    const two = createJournal();
    two.record(draft());
    two.record(draft());
    expect(two.list({ limit: 2 })!.next).toBeNull();
    expect(two.list({ limit: 1 })!.next).not.toBeNull();
  });

  it('takes the id of an exchange for `after`: what is older comes', () => {
    expect(ids(journal, { after: 'gone' })).toEqual(['other', 'plain']);
  });

  it('keeps a cursor good when its exchange has been dropped, and knows nonsense', () => {
    const short = createJournal({ capacity: 2 });
    for (const id of ['a', 'b']) short.record(draft({ id }));
    const { next } = short.list({ limit: 1 })!;
    for (const id of ['c', 'd']) short.record(draft({ id }));
    expect(ids(short, { after: next! })).toEqual([]);
    expect(short.list({ after: 'nonsense' })).toBeNull();
  });

  it('lists 100 unless told, and never more than 1000', () => {
    const long = createJournal();
    for (let index = 0; index < 1100; index += 1) long.record(draft());
    expect(long.list()!.items).toHaveLength(100);
    expect(long.list({ limit: 5000 })!.items).toHaveLength(1000);
    expect(long.list()!.total).toBe(1100);
  });
});

describe('clearing', () => {
  it('forgets one session and keeps the others in order, also after the ring has turned', () => {
    const journal = createJournal({ capacity: 5 });
    for (let index = 0; index < 8; index += 1) journal.record(draft({ id: `i${index}`, session: index % 2 ? 'odd' : 'even' }));
    const before = journal.list({ limit: 2 })!.next!;
    expect(journal.clear('odd')).toBe(3);
    expect(ids(journal)).toEqual(['i6', 'i4']);
    expect(ids(journal, { after: before })).toEqual(['i4']);
    for (let index = 8; index < 13; index += 1) journal.record(draft({ id: `i${index}` }));
    expect(ids(journal)).toEqual(['i12', 'i11', 'i10', 'i9', 'i8']);
  });

  it('forgets everything', () => {
    const journal = createJournal();
    journal.record(draft());
    expect(journal.clear()).toBe(1);
    expect(journal.clear()).toBe(0);
    expect([journal.size, journal.bytes]).toEqual([0, 0]);
  });
});

describe('listeners', () => {
  it('hear of each exchange, without its secrets, until they stop', () => {
    const journal = createJournal();
    const heard: string[] = [];
    const stop = journal.subscribe((exchange) => heard.push(exchange.url));
    journal.record(draft({ url: '/a?token=abc' }));
    stop();
    journal.record(draft({ url: '/b' }));
    expect(heard).toEqual(['/a?token=[redacted]']);
  });
});
