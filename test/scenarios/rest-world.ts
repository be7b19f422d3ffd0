import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect } from 'vitest';
import { startRehearsal, type Rehearsal } from '../../src/index.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));

/** What came back. `json` is undefined where the body is none. */
export interface Replied {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly json: any;
}

/** `json` is sent as JSON, `body` as it is, under the content type that `headers` say. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string;
}

let server: Rehearsal;
let agent: https.Agent;
let worlds = 0;

/** Serves one folder of the shipped scenarios to the tests of one file. */
export function serveFolder(folder: string): void {
  let certs: string;
  beforeAll(async () => {
    certs = fs.mkdtempSync(path.join(os.tmpdir(), `${folder}-certs-`));
    server = await startRehearsal({ scenarios: path.join(top, 'scenarios', folder), fixtures: path.join(top, 'fixtures'), certs });
    agent = new https.Agent({ ca: server.ca, keepAlive: true, maxSockets: 50 });
  });
  afterAll(async () => {
    agent?.destroy();
    await server?.close();
    fs.rmSync(certs, { recursive: true, force: true });
  });
}

/** A client over HTTPS in a session of its own, with a base URL as a user would set it; `scenario` chooses a variation. */
export class RestClient {
  readonly session = `test-${++worlds}`;
  readonly #base: string;

  constructor(base: string, scenario = '') {
    this.#base = `/@${scenario}:${this.session}${base}`;
  }

  get(route: string, sent: Sent = {}): Promise<Replied> {
    return request('GET', this.#base + route, sent);
  }

  send(method: string, route: string, sent: Sent = {}): Promise<Replied> {
    return request(method, this.#base + route, sent);
  }

  /** The newest exchange of the session, as the journal keeps it. */
  async journal(): Promise<any> {
    const { json } = await request('GET', `/_rehearsal/journal?session=${this.session}&limit=1`);
    return (await request('GET', `/_rehearsal/journal/${json.items[0].id}`)).json;
  }

  /** Puts the session back to how it began. */
  async reset(): Promise<void> {
    const { status } = await request('DELETE', `/_rehearsal/sessions/${this.session}`, { headers: { 'rehearsal-admin': 'yes' } });
    expect(status).toBe(204);
  }
}

/** Moves the server's clock on, for all sessions. */
export async function advanceClock(by: string): Promise<void> {
  const { status, text } = await request('PUT', '/_rehearsal/clock', { json: { advance: by } });
  expect(status, text).toBe(200);
}

/** The scenarios that are loaded, as the admin API lists them. */
export async function loadedScenarios(): Promise<readonly { readonly name: string; readonly summary: string; readonly mistakes: readonly unknown[] }[]> {
  return (await request('GET', '/_rehearsal/scenarios')).json.items;
}

/** Rejects with the error of the connection when no answer comes. */
function request(method: string, route: string, { headers = {}, json, body }: Sent = {}): Promise<Replied> {
  const content = json === undefined ? body : JSON.stringify(json);
  const all = { ...(json !== undefined && { 'content-type': 'application/json' }), ...(content !== undefined && { 'content-length': String(Buffer.byteLength(content)) }), ...headers };
  return new Promise((resolve, reject) => {
    const asked = https.request(server.url + route, { method, headers: all, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /^application\/(?:.+\+)?json\b/.test(response.headers['content-type'] ?? '');
        resolve({ status: response.statusCode!, headers: response.headers as Replied['headers'], text, json: isJson && text !== '' ? JSON.parse(text) : undefined });
      });
    });
    asked.on('error', reject);
    asked.end(content);
  });
}
