import { describe, expect, it } from 'vitest';
import type { CallbackAttempt } from '../../src/model/index.ts';
import { createJournal, type RecordedCallback } from '../../src/world/journal.ts';
import { body, draft } from '../admin/fake-control.ts';

function attempt(parts: Partial<CallbackAttempt> = {}): CallbackAttempt {
  return { at: '2026-01-01T00:00:00.000Z', method: 'POST', url: 'https://localhost:9/hook', attempt: 1, status: 200, error: null, durationMs: 3, ...parts };
}

describe('callbacks in the journal', () => {
  it('stand beside the request that caused them, the oldest first', async () => {
    const journal = createJournal();
    journal.record(draft({ id: 'a' }));
    journal.record(draft({ id: 'b' }));
    expect(journal.noteCallback('a', attempt({ status: 503 }))).toBe(true);
    expect(journal.noteCallback('a', attempt({ attempt: 2 }))).toBe(true);
    expect((await journal.get('a'))!.callbacks).toEqual([attempt({ status: 503 }), attempt({ attempt: 2 })]);
    expect((await journal.get('b'))!.callbacks).toEqual([]);
    expect(journal.list()!.items.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('are told as they happen, with their exchange and session', () => {
    const journal = createJournal();
    const heard: RecordedCallback[] = [];
    const stop = journal.subscribeCallbacks((callback) => heard.push(callback));
    journal.record(draft({ id: 'a', session: 'bob' }));
    journal.noteCallback('a', attempt({ status: null, error: 'connection refused' }));
    stop();
    journal.noteCallback('a', attempt());
    expect(heard).toEqual([{ exchange: 'a', session: 'bob', ...attempt({ status: null, error: 'connection refused' }) }]);
  });

  it('of an exchange that is no longer kept are nowhere', () => {
    const journal = createJournal({ capacity: 1 });
    journal.record(draft({ id: 'a' }));
    journal.record(draft({ id: 'b' }));
    expect(journal.noteCallback('a', attempt())).toBe(false);
  });

  it('never hold a secret', async () => {
    const journal = createJournal();
    journal.record(draft({ id: 'a' }));
    journal.noteCallback('a', attempt({ url: 'https://user:h0sh-h0sh@localhost:9/hook?token=h0sh-h0sh&a=1', error: 'not allowed: https://x/?token=h0sh-h0sh', status: null }));
    const kept = JSON.stringify(await journal.get('a'));
    expect(kept).not.toContain('h0sh');
    expect(kept).toContain('/hook?token=[redacted]&a=1');
  });

  it('are bounded, the last are kept, and their bytes are counted', async () => {
    const journal = createJournal({ maxBytes: 50_000 });
    journal.record(draft({ id: 'old' }));
    journal.record(draft({ id: 'a' }));
    const before = journal.bytes;
    for (let number = 1; number <= 50; number += 1) journal.noteCallback('a', attempt({ attempt: number }));
    expect((await journal.get('a'))!.callbacks.map((one) => one.attempt)).toEqual(Array.from({ length: 20 }, (_, index) => index + 31));
    expect(journal.bytes).toBeGreaterThan(before + 20 * 200);
    for (let number = 1; number <= 20; number += 1) journal.noteCallback('a', attempt({ error: 'x'.repeat(3000) }));
    expect(journal.bytes).toBeGreaterThan(50_000);
    expect(await journal.get('old')).toBeNull();
    expect(journal.size).toBe(1);
  });
});

describe('secrets of schemes', () => {
  const hush = 'h0sh-h0sh-value';
  const kept = async (names: readonly string[], parts: Parameters<typeof draft>[0]): Promise<string> => {
    const journal = createJournal();
    journal.keepSecret({ headers: ['Partner-Key'], names });
    journal.record(draft({ id: 'x', ...parts }));
    return JSON.stringify(await journal.get('x'));
  };

  it('are never kept, wherever they stand', async () => {
    expect(await kept([], { requestHeaders: ['partner-KEY', hush] })).not.toContain(hush);
    expect(await kept(['key'], { url: `/tasks?a=1&key=${hush}&b=2` })).toContain('/tasks?a=1&key=[redacted]&b=2');
    expect(await kept(['key'], { url: `/tasks?KEY=${hush}&k%65y=${hush}`, requestHeaders: ['Referer', `https://x/?key=${hush}`] })).not.toContain(hush);
    expect(await kept(['pin'], { requestBody: body(`{"pin":"${hush}","spin":"round"}`) })).not.toContain(hush);
    expect(await kept(['pin'], { requestBody: body(`{"pin":"${hush}","spin":"round"}`) })).toContain('round');
    expect(await kept(['pin'], { requestBody: body(`pin=${hush}&a=1`, 'application/x-www-form-urlencoded') })).not.toContain(hush);
    expect(await kept(['pin'], { requestBody: body(`{pin: '${hush}'`) })).not.toContain(hush);
    expect(await kept(['pin'], { requestBody: body(JSON.stringify({ text: JSON.stringify({ pin: hush }) })) })).not.toContain(hush);
    expect(await kept(['pin'], { violations: [{ at: 'query.pin', expected: 'a', got: hush, text: `query \`pin\`: expected a, got ${hush}` }] })).not.toContain(hush);
  });

  it.each(['api-key', 'clé', 'a b', 'x.y*(z)', '密码'])('are known by the name %s in queries, forms and JSON, encoded or not', async (name) => {
    for (const encoded of [encodeURIComponent(name), [...Buffer.from(name)].map((byte) => `%${byte.toString(16)}`).join('')]) {
      expect(await kept([name], { url: `/tasks?${encoded}=${hush}` })).not.toContain(hush);
      expect(await kept([name], { requestBody: body(`${encoded}=${hush}`, 'application/x-www-form-urlencoded') })).not.toContain(hush);
    }
    expect(await kept([name], { requestBody: body(JSON.stringify({ [name]: hush })) })).not.toContain(hush);
    const escaped = [...name].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    expect(await kept([name], { requestBody: body(`{"${escaped}":"${hush}"}`) })).not.toContain(hush);
  });

  it('stay secret when others come, and those that always are too', async () => {
    const journal = createJournal();
    journal.keepSecret({ headers: ['a-key'], names: ['pin'] });
    journal.keepSecret({ headers: ['b-key'], names: ['code'] });
    journal.keepSecret({ headers: [], names: [] });
    journal.record(draft({ id: 'x', url: `/?pin=${hush}&code=${hush}&token=${hush}`, requestHeaders: ['A-Key', hush, 'B-Key', hush, 'Cookie', hush] }));
    expect(JSON.stringify(await journal.get('x'))).not.toContain(hush);
  });
});
