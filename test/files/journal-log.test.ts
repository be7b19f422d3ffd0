import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournalLog, type JournalLogOptions } from '../../src/files/journal-log.ts';
import { createJournal } from '../../src/world/journal.ts';
import { body, draft } from '../admin/fake-control.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const current = (): string => join(folder, 'journal.ndjson');

/** One run of a server: a journal on the folder, something done with it, then closed. */
async function run(work: (journal: ReturnType<typeof createJournal>, log: ReturnType<typeof openJournalLog>) => unknown, options: JournalLogOptions = {}): Promise<readonly string[]> {
  const log = openJournalLog(folder, options);
  const journal = createJournal({ ...(options.capacity !== undefined && { capacity: options.capacity }), keep: log });
  await work(journal, log);
  await log.close();
  return journal.list()!.items.map((item) => item.id);
}

const nothing = (): void => undefined;

describe('the journal on disk', () => {
  it('is there again in the next run, each exchange in full', async () => {
    let before: unknown;
    await run(async (journal) => {
      journal.record(draft({ id: 'a', url: '/@cleaner:bob/tasks?id=1', path: '/tasks', violations: [{ at: 'query.id', expected: '2', got: '1', text: 'x' }] }));
      journal.record(draft({ id: 'b', requestBody: body('{"ü":1}'), replyBody: body(Buffer.from([0, 1, 255]), 'application/zip'), rule: null, status: null, note: 'gone' }));
      before = [await journal.get('a'), await journal.get('b')];
    });
    let after: unknown;
    const ids = await run(async (journal) => {
      after = [await journal.get('a'), await journal.get('b')];
      expect(journal.list({ path: '/tasks' })!.total).toBe(2);
    });
    expect(ids).toEqual(['b', 'a']);
    expect(after).toEqual(before);
  });

  it('never holds a secret', async () => {
    await run((journal) => journal.record(draft({ url: '/t?token=h0sh', requestHeaders: ['Cookie', 'h0sh'], requestBody: body('{"password":"h0sh"}') })));
    expect(readFileSync(current(), 'utf8')).not.toContain('h0sh');
    if (process.platform !== 'win32') expect(statSync(current()).mode & 0o077).toBe(0);
  });

  it('drops a last line that was cut off, and goes on behind the one before it', async () => {
    await run((journal) => { journal.record(draft({ id: 'whole' })); });
    appendFileSync(current(), '{"id":"torn","at":"2026-');
    expect(await run((journal) => { journal.record(draft({ id: 'next' })); })).toEqual(['next', 'whole']);
    expect(await run(nothing)).toEqual(['next', 'whole']);
  });

  it('passes over lines that are no exchange', async () => {
    await run((journal) => { journal.record(draft({ id: 'good' })); });
    appendFileSync(current(), 'nonsense\n{}\n\n{"id":1}\nnull\n');
    expect(await run(nothing)).toEqual(['good']);
  });

  it('keeps as many as the journal, in two files that take turns', async () => {
    await run(async (journal, log) => {
      for (let index = 0; index < 35; index += 1) {
        journal.record(draft({ id: `i${index}` }));
        await log.flush();
      }
    }, { capacity: 10 });
    expect(readdirSync(folder).sort()).toEqual(['journal.1.ndjson', 'journal.ndjson']);
    expect(readFileSync(current(), 'utf8').trim().split('\n')).toHaveLength(5);
    expect(await run(nothing, { capacity: 10 })).toEqual(Array.from({ length: 10 }, (_, index) => `i${34 - index}`));
  });

  it('takes turns by bytes as well', async () => {
    const options = { capacity: 1000, maxBytes: 20_000 };
    await run(async (journal, log) => {
      for (let index = 0; index < 30; index += 1) {
        journal.record(draft({ replyBody: body('x'.repeat(5000), 'text/plain') }));
        await log.flush();
      }
    }, options);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(30_000);
  });

  it('forgets on disk what is forgotten in memory', async () => {
    await run(async (journal, log) => {
      for (let index = 0; index < 12; index += 1) {
        journal.record(draft({ id: `i${index}`, session: index % 2 ? 'odd' : 'even' }));
        await log.flush();
      }
      journal.clear('odd');
      journal.record(draft({ id: 'last', session: 'odd' }));
    }, { capacity: 10 });
    expect(await run(nothing, { capacity: 10 })).toEqual(['last', 'i10', 'i8', 'i6', 'i4', 'i2']);
    await run((journal) => { journal.clear(); }, { capacity: 10 });
    expect(await run(nothing, { capacity: 10 })).toEqual([]);
  });

  it('tells once that it cannot write, loses only that, and is well again when there is room', async () => {
    const problems: string[] = [];
    const log = openJournalLog(folder, { onProblem: (error) => problems.push(error.message) });
    const journal = createJournal({ keep: log });
    rmSync(folder, { recursive: true });
    for (const id of ['a', 'b']) {
      journal.record(draft({ id }));
      await log.flush();
    }
    expect(problems).toHaveLength(1);
    expect(journal.size).toBe(2);
    mkdirSync(folder);
    journal.record(draft({ id: 'c' }));
    await log.close();
    expect(await run(nothing)).toEqual(['c']);
  });

  it('reads the end of a file that is far too large', async () => {
    await run((journal) => { journal.record(draft({ id: 'end' })); });
    const line = readFileSync(current());
    writeFileSync(current(), Buffer.concat([Buffer.alloc(500_000, 'x'), Buffer.from('\n'), line]));
    expect(await run(nothing, { maxBytes: 10_000 })).toEqual(['end']);
  });
});
