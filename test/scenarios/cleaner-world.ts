import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect } from 'vitest';
import { startRehearsal, type Rehearsal } from '../../src/index.ts';
import { ask, begin, form, type Asked, type Heard } from './client.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
export const folder = path.join(top, 'scenarios', 'cleaner');
export const bundle = fs.readFileSync(path.join(top, 'fixtures', '1797242037.zip'));
export const magic = JSON.parse(fs.readFileSync(path.join(top, 'fixtures', 'cleaner', 'magic.json'), 'utf8')) as Record<'download' | 'report', { id: number; status: number | null; what: string }[]>;
export const digest = `sha-256=:${createHash('sha256').update(bundle).digest('base64')}:`;
export const base = '/xyz/api/cleaner';
export const twoTasks = { tasks: [{ id: 1, name: 'vuln scan' }, { id: 2, name: 'disinfect' }] };
export const passed = { id: 1, name: 'vuln scan', status: 'PASSED' };
export const maintenance = /<h1>.+<\/h1>/;

export let server: Rehearsal;
let worlds = 0;

/** Serves the shipped scenarios to the tests of one file. */
export function serveShipped(): void {
  let certs: string;
  beforeAll(async () => {
    certs = fs.mkdtempSync(path.join(os.tmpdir(), 'cleaner-certs-'));
    server = await startRehearsal({ scenarios: path.join(top, 'scenarios'), fixtures: path.join(top, 'fixtures'), certs });
  });
  afterAll(async () => {
    await server?.close();
    fs.rmSync(certs, { recursive: true, force: true });
  });
}

/** A client in a world of its own, with the scenario chosen by its base URL. */
export function client(scenario = '') {
  const session = `test-${++worlds}`;
  const root = `${server.url}/@${scenario}:${session}${base}`;
  return {
    session,
    root,
    get: (route: string, asked: Asked = {}) => ask(server.ca, root + route, asked),
    begin: (route: string, asked: Asked = {}) => begin(server.ca, root + route, asked),
    admin: async (route: string) => json(await ask(server.ca, `${server.url}/_rehearsal${route}`)) as any,
  };
}

export function json(heard: Heard): unknown {
  expect(heard.headers['content-type']).toMatch(/^application\/json/);
  return JSON.parse(heard.body.toString('utf8'));
}

export function report(fields: Readonly<Record<string, string>> = {}): Asked {
  const named = Object.entries(fields).map(([name, content]) => ({ name, content }));
  return form([...named, { name: 'file', filename: 'report.zip', type: 'application/zip', content: bundle }]);
}

/** Still without an end after the server has answered another client in full. */
export async function staysOpen(pending: ReturnType<typeof begin>): Promise<{ status: number | null; bytes: number }> {
  await client().get('/tasks');
  const { ended, ...heard } = pending.heard();
  expect(ended).toBe(false);
  pending.leave();
  return heard;
}

/** Waits until so many bytes of a pending answer have come. */
export async function arrives(pending: ReturnType<typeof begin>, bytes: number): Promise<void> {
  await expect.poll(() => pending.heard().bytes, { interval: 5, timeout: 4000 }).toBeGreaterThanOrEqual(bytes);
}

export async function differsFromItsDigest(heard: Heard): Promise<void> {
  expect(heard).toMatchObject({ status: 200, complete: true, headers: { 'content-length': String(bundle.length), 'repr-digest': digest } });
  const wrong = heard.body.filter((byte, at) => byte !== bundle[at]).length;
  expect(wrong).toBeGreaterThan(0);
  expect(wrong).toBeLessThanOrEqual(16);
}

export async function isOneGib({ get }: ReturnType<typeof client>, id = '9015'): Promise<void> {
  const gib = 2 ** 30;
  const route = `/tasks/download?id=${id}`;
  const head = await get(route, { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, headers: { 'content-length': String(gib), 'accept-ranges': 'bytes' } });
  const last = { headers: { range: 'bytes=-1000', 'if-range': head.headers['etag']! } };
  const part = await get(route, last);
  expect(part).toMatchObject({ status: 206, headers: { 'content-range': `bytes ${gib - 1000}-${gib - 1}/${gib}` } });
  expect(part.body).toHaveLength(1000);
  expect((await get(route, last)).body.equals(part.body)).toBe(true);
}
