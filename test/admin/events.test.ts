import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAdmin, type Admin } from '../../src/admin/create-admin.ts';
import { createEventStreams } from '../../src/admin/events.ts';
import { draft, FakeControl } from './fake-control.ts';

let control: FakeControl;
let admin: Admin;
let server: Server;
beforeEach(async () => {
  control = new FakeControl();
  admin = createAdmin(control, { token: null, hosts: [] });
  server = createServer(admin);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  admin.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A reader of the stream: `until` resolves once the text has it all. */
async function listen(query = '') {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', path: `/_rehearsal/events${query}` }, resolve).on('error', reject);
  });
  let text = '';
  const changed = new EventEmitter();
  let ended = false;
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    changed.emit('more');
  }).on('end', () => {
    ended = true;
    changed.emit('more');
  }).on('error', () => undefined);
  const until = async (holds: () => boolean): Promise<string> => {
    while (!holds()) await new Promise((resolve) => changed.once('more', resolve));
    return text;
  };
  return { response, has: (part: string) => until(() => text.includes(part)), end: () => until(() => ended), close: () => response.destroy() };
}

describe('the event stream', () => {
  it('tells exchanges, selections and reloads by name, each with its number', async () => {
    const reader = await listen();
    expect(reader.response.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    await reader.has('retry: ');
    control.journal.record(draft({ id: 'first', url: '/a?token=h0sh' }));
    control.emit({ name: 'selection', data: { scenario: 'cleaner', root: 'cleaner', session: null } });
    control.emit({ name: 'reload', data: { at: '2026-01-01T00:00:00.000Z', live: true, scenarios: ['cleaner'], mistakes: [] } });
    const text = await reader.has('"live":true');
    expect(text).toMatch(/id: 1\nevent: exchange\ndata: \{"id":"first",.*\}\n\nid: 2\nevent: selection\ndata: .*\n\nid: 3\nevent: reload\ndata: .*\n/);
    expect(text).not.toContain('h0sh');
    reader.close();
  });

  it('tells a reader of one session only what concerns it', async () => {
    const reader = await listen('?session=bob');
    await reader.has('retry: ');
    control.journal.record(draft({ id: 'theirs', session: 'zoe' }));
    control.emit({ name: 'selection', data: { scenario: 'cleaner', root: 'cleaner', session: 'zoe' } });
    control.emit({ name: 'selection', data: { scenario: 'cleaner', root: 'cleaner', session: null } });
    control.journal.record(draft({ id: 'ours', session: 'bob' }));
    const text = await reader.has('"ours"');
    expect(text).not.toContain('zoe');
    expect(text.match(/event: selection/g)).toHaveLength(1);
    reader.close();
  });

  it('hears of nothing when nobody listens any more', async () => {
    const reader = await listen();
    await reader.has('retry: ');
    expect(control.listeners.size).toBe(1);
    const left = new Promise<void>((resolve) => {
      const subscribed = control.listeners;
      const remove = subscribed.delete.bind(subscribed);
      subscribed.delete = (listener) => {
        resolve();
        return remove(listener);
      };
    });
    reader.close();
    await left;
    expect(control.listeners.size).toBe(0);
  });

  it('ends with the server, and takes nobody after', async () => {
    const reader = await listen();
    await reader.has('retry: ');
    admin.close();
    await reader.end();
    const late = await listen();
    expect(late.response.statusCode).toBe(503);
    late.close();
  });

  it('refuses a mistaken query', async () => {
    const reader = await listen('?session=a/b');
    expect(reader.response.statusCode).toBe(400);
    reader.close();
  });
});

/** A response whose reader takes nothing until told. */
class SlowResponse extends EventEmitter {
  writableLength = 0;
  readonly written: string[] = [];
  ended = false;
  get writableNeedDrain() {
    return this.writableLength > 0;
  }
  write(text: string) {
    this.written.push(text);
    this.writableLength += text.length;
  }
  end() {
    this.ended = true;
  }
  drain() {
    this.writableLength = 0;
    this.emit('drain');
  }
}

describe('a slow reader', () => {
  const slow = (): SlowResponse & ServerResponse => new SlowResponse() as unknown as SlowResponse & ServerResponse;

  it('has a bounded number of bytes waiting, and learns how many events it missed', () => {
    const streams = createEventStreams(control);
    const response = slow();
    streams.connect(response, null);
    for (let index = 0; index < 50; index += 1) control.journal.record(draft({ note: 'n'.repeat(100_000) }));
    expect(response.writableLength).toBeLessThan(1_300_000);
    const told = response.written.length - 1;
    response.drain();
    expect(response.written.at(-1)).toContain(`event: missed\ndata: {"count":${50 - told}}`);
  });

  it('does not get heartbeats on top, others do', () => {
    vi.useFakeTimers();
    try {
      const streams = createEventStreams(control);
      const [busy, idle] = [slow(), slow()];
      streams.connect(busy, null);
      streams.connect(idle, null);
      idle.drain();
      vi.advanceTimersByTime(15_000);
      expect(idle.written.at(-1)).toBe(': still here\n\n');
      expect(busy.written.at(-1)).not.toBe(': still here\n\n');
      streams.close();
      expect([busy.ended, idle.ended]).toEqual([true, true]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is one of 64 at most', () => {
    const streams = createEventStreams(control);
    for (let index = 0; index < 64; index += 1) streams.connect(slow(), null);
    expect(() => streams.connect(slow(), null)).toThrow('64 clients listen');
  });
});
