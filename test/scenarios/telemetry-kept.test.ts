import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgram, type Started } from '../support/program.ts';
import { temporaryFolder } from '../support/rehearsal.ts';
import { clientOf, fixtures, shipped, type RowsClient } from './rows-client.ts';

const cwd = temporaryFolder('telemetry-kept');
const reading = { machine: 'press-7', at: '2026-11-21T09:12:51Z' };

function start(): Promise<Started> {
  return startProgram([shipped('telemetry'), '--fixtures', fixtures, '--data', 'data', '--quiet'], { cwd });
}

function as(server: Started, token: string): RowsClient {
  return clientOf(server, '/telemetry', { session: 'plant', headers: { Authorization: `Bearer ${token}` } });
}

/** A push under a key of its own, or null when the server is gone before it answers. */
async function push(writer: RowsClient, n: number): Promise<string | null> {
  const answer = await writer.send('POST', '/readings', { ...reading, temperature: n }, { 'Idempotency-Key': `push-${n}` }).catch(() => null);
  if (answer === null) return null;
  expect(answer.status).toBe(201);
  return answer.json().ids[0];
}

interface Row { readonly id: string; readonly temperature: number }

async function rowsOf(server: Started): Promise<ReadonlyMap<number, string>> {
  const { items, total } = (await as(server, 'reader-token').get('/readings?limit=1000')).json() as { items: readonly Row[]; total: number };
  expect(items).toHaveLength(total);
  return new Map(items.map(({ id, temperature }) => [temperature, id]));
}

const count = 120;

describe('with --data', () => {
  it('what was acknowledged is there after kill -9, and sent again with its key it is stored once', async () => {
    const first = await start();
    const acknowledged = new Map<number, string>();
    // Killed in the middle of it: some pushes are answered, some are on their way, some never arrive.
    await Promise.all(Array.from({ length: count }, async (_, n) => {
      const id = await push(as(first, 'writer-token'), n);
      if (id === null) return;
      acknowledged.set(n, id);
      if (acknowledged.size === count / 4) first.child.kill('SIGKILL');
    }));
    expect(await first.ended()).toBeNull();
    expect(acknowledged.size).toBeGreaterThanOrEqual(count / 4);

    const second = await start();
    const kept = await rowsOf(second);
    for (const [n, id] of acknowledged) expect(kept.get(n), `push ${n}`).toBe(id);

    // A client that does not know sends all of it again, with the same keys.
    const ids = await Promise.all(Array.from({ length: count }, (_, n) => push(as(second, 'writer-token'), n)));
    for (const [n, id] of kept) expect(ids[n]).toBe(id);
    const all = await rowsOf(second);
    expect(all.size).toBe(count);
    expect(new Set(all.values()).size).toBe(count);
    const changed = await as(second, 'writer-token').send('POST', '/readings', { ...reading, temperature: -1 }, { 'Idempotency-Key': 'push-0' });
    expect(changed.status).toBe(422);

    second.child.kill('SIGTERM');
    expect(await second.ended()).toBe(0);
    const found = queried(join(cwd, 'data', 'world.db'), 'SELECT count(*), count(DISTINCT id), min(machine), max(temperature) FROM "readings@plant"');
    if (found !== null) expect(found).toEqual([count, count, 'press-7', count - 1]);
  });
});

/** The first row that Python's SQLite finds; null where there is no Python. */
function queried(file: string, sql: string): readonly unknown[] | null {
  const script = 'import json, sqlite3, sys; print(json.dumps(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()))';
  try {
    execFileSync('python3', ['-c', 'import sqlite3'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return JSON.parse(execFileSync('python3', ['-c', script, file, sql], { encoding: 'utf8' })) as readonly unknown[];
}
