import { readdirSync } from 'node:fs';
import { Agent } from 'node:https';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { ask, type Answered, type Ask } from '../support/client.ts';
import { whenTestsEnd } from '../support/cleanup.ts';

const top = join(import.meta.dirname, '../..');
export const fixtures = join(top, 'fixtures');

/** The folder of a shipped API. */
export function shipped(name: string): string {
  return join(top, 'scenarios', name);
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 });
whenTestsEnd(() => agent.destroy());

/** A client of an API that keeps rows. */
export interface RowsClient {
  readonly session: string;
  get(path: string, headers?: Ask['headers']): Promise<Answered>;
  /** A value is sent as JSON; text and bytes as they are, as JSON unless `headers` say otherwise. */
  send(method: string, path: string, value?: unknown, headers?: Ask['headers']): Promise<Answered>;
  admin(method: string, path: string, value?: unknown): Promise<Answered>;
}

let sessions = 0;

/** A client in a session of its own, or in `session`; the scenario is chosen by its base URL. */
export function clientOf(server: { readonly url: string; readonly ca: string }, base: string, { scenario = '', session = `rows-${++sessions}`, headers: own = {} }: { scenario?: string; session?: string; headers?: Ask['headers'] } = {}): RowsClient {
  const at = (path: string): string => `/@${scenario}:${session}${base}${path}`;
  return {
    session,
    get: (path, headers) => ask(server, at(path), { agent, headers: { ...own, ...headers } }),
    send(method, path, value, headers) {
      const body = value === undefined ? {} : { body: typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value) };
      return ask(server, at(path), { agent, method, headers: { ...(value !== undefined && { 'Content-Type': 'application/json' }), ...own, ...headers }, ...body });
    },
    admin: (method, path, value) => ask(server, `/_rehearsal${path}`, { agent, method, headers: { 'Content-Type': 'application/json' }, ...(value !== undefined && { body: JSON.stringify(value) }) }),
  };
}

/** The relations of a `Link` header with the URLs they lead to. */
export function links({ headers }: Answered): Readonly<Record<string, string>> {
  return Object.fromEntries([...String(headers['link'] ?? '').matchAll(/<([^>]*)>; rel="(\w+)"/g)].map(([, url, relation]) => [relation, url]));
}

/** Whether every scenario of a shipped API is loaded under the name of its file, with a sentence that says what it does. */
export async function isDescribed({ admin }: RowsClient, folder: string): Promise<void> {
  const { items } = (await admin('GET', '/scenarios')).json() as { items: readonly { readonly name: string }[] };
  const names = readdirSync(shipped(folder)).map((file) => basename(file, '.yaml'));
  expect(items.map(({ name }) => name).sort()).toEqual(names.sort());
  for (const item of items) expect(item, item.name).toMatchObject({ summary: expect.stringMatching(/^[A-Z].+\.$/), mistakes: [] });
}
