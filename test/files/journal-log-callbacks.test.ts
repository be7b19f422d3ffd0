import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournalLog, type JournalLogOptions } from '../../src/files/journal-log.ts';
import { createJournal, type Journal } from '../../src/world/journal.ts';
import { draft } from '../admin/fake-control.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-callbacks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(work: (journal: Journal, flush: () => Promise<void>) => unknown, options: JournalLogOptions = {}): Promise<void> {
  const log = openJournalLog(folder, options);
  const journal = createJournal({ ...(options.capacity !== undefined && { capacity: options.capacity }), keep: log });
  await work(journal, () => log.flush());
  await log.close();
}

const attempt = (number: number) => ({ at: '2026-01-01T00:00:00.000Z', method: 'POST', url: 'https://localhost:9/hook', attempt: number, status: null, error: 'connection refused', durationMs: 3 });
const attempts = async (journal: Journal, id: string) => (await journal.get(id))!.callbacks.map((one) => one.attempt);

describe('callbacks in the journal on disk', () => {
  it('are there again in the next run, whether they came before the exchange was written or after', async () => {
    await run(async (journal, flush) => {
      for (const id of ['a', 'b']) journal.record(draft({ id }));
      journal.noteCallback('a', attempt(1));
      await flush();
      journal.noteCallback('b', attempt(1));
      journal.noteCallback('a', attempt(2));
      await flush();
      journal.noteCallback('a', attempt(3));
    });
    await run(async (journal) => {
      expect(await attempts(journal, 'a')).toEqual([1, 2, 3]);
      expect(await attempts(journal, 'b')).toEqual([1]);
      expect((await journal.get('b'))!.callbacks).toEqual([attempt(1)]);
    });
  });

  it('are found when their exchange is in the file before', async () => {
    await run(async (journal, flush) => {
      for (const id of ['a', 'b', 'c']) {
        journal.record(draft({ id }));
        await flush();
      }
      journal.noteCallback('b', attempt(1));
    }, { capacity: 2 });
    const lines = readFileSync(join(folder, 'journal.ndjson'), 'utf8').trim().split('\n').map((line) => Object.keys(JSON.parse(line) as object)[0]);
    expect(lines).toEqual(['id', 'callbackOf']);
    await run(async (journal) => expect(await attempts(journal, 'b')).toEqual([1]), { capacity: 2 });
  });

  it('stay with what is kept when a session is forgotten', async () => {
    await run((journal) => {
      journal.record(draft({ id: 'a', session: 'bob' }));
      journal.record(draft({ id: 'b' }));
      journal.noteCallback('a', attempt(1));
      journal.noteCallback('b', attempt(1));
      journal.clear('bob');
      journal.noteCallback('b', attempt(2));
    });
    await run(async (journal) => {
      expect(journal.size).toBe(1);
      expect(await attempts(journal, 'b')).toEqual([1, 2]);
    });
    expect(readFileSync(join(folder, 'journal.ndjson'), 'utf8')).not.toContain('"a"');
  });

  it('passes over lines that are none', async () => {
    await run((journal) => { journal.record(draft({ id: 'a' })); });
    appendFileSync(join(folder, 'journal.ndjson'), '{"callbackOf":5}\n{"callbackOf":"a"}\n{"callbackOf":"a","attempt":[]}\n{"callbackOf":"nobody","attempt":{"url":"x","error":null}}\n');
    await run(async (journal) => {
      expect(journal.size).toBe(1);
      expect(await attempts(journal, 'a')).toEqual([]);
    });
  });
});
