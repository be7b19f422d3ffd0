import { createServer } from 'node:http';
import { get as httpsGet } from 'node:https';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { whenTestsEnd } from '../support/cleanup.ts';
import { ask, askJson, type Answered } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';

let server: Rehearsal;
let hook: { readonly url: string; readonly received: string[] };

beforeAll(async () => {
  const received: string[] = [];
  const receiver = createServer((request, response) => {
    received.push(request.url!);
    response.writeHead(received.length === 1 ? 503 : 204).end();
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  whenTestsEnd(() => new Promise((closed) => receiver.close(closed)));
  hook = { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`, received };
  server = await rehearse({
    scenarios: [{
      scenario: 'shop', base: '/shop', state: 'open', vars: { orders: 0 },
      auth: { partner: { apiKey: { header: 'partner-key', keys: { 'k-acme-secret': 'acme' } } } },
      collections: { pieces: { key: 'id', unique: ['name'], rows: [{ id: 1, name: 'nut' }, { id: 2, name: 'bolt' }] } },
      routes: {
        'POST /close': { do: [{ state: 'closing' }, { state: 'closed', after: '5 min' }] },
        'GET /state': { respond: { json: { state: '${{ state }}', orders: '${{ vars.orders }}', pieces: '${{ size(pieces) }}' } } },
        'POST /pieces': { do: { insert: { in: 'pieces', value: '${{ body }}', as: 'made' } }, respond: { json: '${{ made }}' } },
        'GET /guarded': { auth: 'partner', respond: { text: 'in' } },
        'POST /order': { callback: { to: '${{ body.hook }}', json: { event: 'ordered' }, retry: { times: 2, wait: '1 ms' } }, respond: { status: 202 } },
      },
    }],
  } as Parameters<typeof rehearse>[0]);
});

const admin = (path: string, headers = {}): Promise<Answered> => ask(server, `/_rehearsal${path}`, { headers });
const put = (path: string, value: unknown): Promise<Answered> => askJson(server, `/_rehearsal${path}`, value, { method: 'PUT' });
const state = async (session: string): Promise<unknown> => (await ask(server, `/@:${session}/shop/state`)).json();

/** Events of this name from now on. */
async function listen(name: string): Promise<{ next(): Promise<any> }> {
  const waiting: ((data: unknown) => void)[] = [];
  const seen: unknown[] = [];
  await new Promise<void>((listening) => {
    const request = httpsGet(`${server.url}/_rehearsal/events`, { ca: server.ca, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const events = text.split('\n\n');
        text = events.pop()!;
        for (const event of events) {
          const [, data] = new RegExp(`^event: ${name}\\ndata: (.*)$`, 'm').exec(event) ?? [];
          if (data === undefined) continue;
          const tell = waiting.shift();
          if (tell) tell(JSON.parse(data));
          else seen.push(JSON.parse(data));
        }
        listening();
      });
      whenTestsEnd(() => response.destroy());
    });
    request.on('error', () => undefined);
  });
  return { next: () => new Promise((resolve) => (seen.length > 0 ? resolve(seen.shift()) : waiting.push(resolve))) };
}

describe('over a running server', () => {
  it('time is advanced, and what was to happen meanwhile has happened', async () => {
    const clocks = await listen('clock');
    await put('/clock', { freeze: '2026-11-01T12:00:00Z' });
    await ask(server, '/@:timed/shop/close', { method: 'POST' });
    expect((await admin('/sessions/timed')).json()).toMatchObject({ state: 'closing' });
    const answer = await put('/clock', { advance: '5 min' });
    expect([answer.status, answer.json()]).toEqual([200, { now: '2026-11-01T12:05:00.000Z', frozen: true, offsetMs: expect.any(Number) }]);
    expect((await admin('/sessions/timed')).json()).toMatchObject({ state: 'closed' });
    expect(await clocks.next()).toMatchObject({ now: '2026-11-01T12:00:00.000Z', frozen: true });
    expect(await clocks.next()).toEqual(answer.json());
    expect((await put('/clock', { reset: true })).json()).toMatchObject({ frozen: false, offsetMs: 0 });
  });

  it('state, variables and rows are set for one session and seen by its requests', async () => {
    expect((await put('/sessions/set/state', { state: 'closed', vars: { orders: 3 } })).json()).toMatchObject({ state: 'closed', vars: { orders: 3 } });
    const csv = await admin('/collections/pieces', { Accept: 'text/csv' });
    expect(csv.text).toBe('id,name\r\n1,nut\r\n2,bolt\r\n');
    await ask(server, '/_rehearsal/collections/pieces?session=set', { method: 'PUT', headers: { 'Content-Type': 'text/csv', 'Rehearsal-Admin': '1' }, body: `${csv.text}7,rivet\r\n` });
    expect(await state('set')).toEqual({ state: 'closed', orders: 3, pieces: 3 });
    expect((await askJson(server, '/@:set/shop/pieces', { name: 'clip' })).json()).toEqual({ id: 8, name: 'clip' });
    expect(await state('other')).toEqual({ state: 'open', orders: 0, pieces: 2 });
    const bad = await put('/collections/pieces?session=set', [{ id: 1, name: 'nut' }, { id: 2, name: 'nut' }]);
    expect([bad.status, bad.json().errors]).toEqual([422, [expect.objectContaining({ row: 2, field: 'name' })]]);
    await ask(server, '/_rehearsal/sessions/set', { method: 'DELETE', headers: { 'Rehearsal-Admin': '1' } });
    expect(await state('set')).toEqual({ state: 'open', orders: 0, pieces: 2 });
  });

  it("the journal shows each attempt at a callback beside its request, and never a scheme's secret", async () => {
    const callbacks = await listen('callback');
    const { headers } = await askJson(server, '/@:calls/shop/order', { hook: `${hook.url}/hook?token=h0sh` });
    const id = headers['rehearsal-exchange'] as string;
    expect([await callbacks.next(), await callbacks.next()]).toMatchObject([{ exchange: id, session: 'calls', attempt: 1, status: 503 }, { exchange: id, attempt: 2, status: 204 }]);
    expect((await admin(`/journal/${id}`)).json().callbacks).toMatchObject([{ method: 'POST', url: `${hook.url}/hook?token=[redacted]`, attempt: 1, status: 503 }, { attempt: 2, status: 204, error: null }]);
    expect(hook.received).toEqual(['/hook?token=h0sh', '/hook?token=h0sh']);
    const guarded = await ask(server, '/@:calls/shop/guarded', { headers: { 'Partner-Key': 'k-acme-secret' } });
    expect([guarded.status, guarded.text]).toEqual([200, 'in']);
    const exchange = (await admin(`/journal/${guarded.headers['rehearsal-exchange'] as string}`)).text;
    expect(exchange).toContain('"partner-key":"[redacted]"');
    expect(exchange).not.toContain('k-acme-secret');
  });
});
