import type { ServerResponse } from 'node:http';
import type { AdminEvent, Control } from '../server/control.ts';
import { Refusal } from './refusal.ts';

/** Everybody who listens to `GET /events`. */
export interface EventStreams {
  /** Takes a response over until either side ends it. With a session, only its exchanges and selections come, and what concerns everybody. */
  connect(response: ServerResponse, session: string | null): void;
  /** Ends all streams and takes no more. */
  close(): void;
}

/** How many may listen at once. */
const mostListeners = 64;
/** What may wait for a slow reader; past it, events are left out and counted. */
const mostWaitingBytes = 1024 * 1024;
/** Often enough for proxies and clients that end silent connections. */
const heartbeatMs = 15_000;

interface Listener {
  readonly response: ServerResponse;
  readonly session: string | null;
  /** Events left out since the last one that was written. */
  missed: number;
}

/**
 * Tells exchanges, callbacks, selections, reloads and changes of the clock as server-sent events (WHATWG HTML §9.2), each with its number as `id`. Hears of
 * them only while somebody listens, so that a server nobody watches pays nothing.
 */
export function createEventStreams(control: Control): EventStreams {
  const listeners = new Set<Listener>();
  let stop: (() => void) | null = null;
  let lastId = 0;
  let closed = false;

  function begin(): () => void {
    const stopExchanges = control.journal.subscribe((data) => tell({ name: 'exchange', data }));
    const stopCallbacks = control.journal.subscribeCallbacks((data) => tell({ name: 'callback', data }));
    const stopChanges = control.subscribe(tell);
    const timer = setInterval(() => {
      for (const { response } of listeners) if (!response.writableNeedDrain) response.write(': still here\n\n');
    }, heartbeatMs);
    timer.unref();
    return () => {
      stopExchanges();
      stopCallbacks();
      stopChanges();
      clearInterval(timer);
    };
  }

  function tell(event: AdminEvent): void {
    lastId += 1;
    const session = sessionOf(event);
    let text: string | null = null;
    for (const listener of listeners) {
      if (listener.session !== null && session !== null && listener.session !== session) continue;
      if (listener.response.writableLength > mostWaitingBytes) listener.missed += 1;
      else {
        confess(listener);
        listener.response.write((text ??= format(lastId, event.name, event.data)));
      }
    }
  }

  /** A reader that was too slow learns how much it has missed as soon as there is room. */
  function confess(listener: Listener): void {
    if (listener.missed === 0) return;
    const count = listener.missed;
    listener.missed = 0;
    listener.response.write(format(lastId, 'missed', { count }));
  }

  return {
    connect(response, session) {
      if (closed) throw new Refusal(503, 'The server is closing');
      if (listeners.size >= mostListeners) throw new Refusal(503, `${mostListeners} clients listen to events already. Close one of them`, { headers: { 'Retry-After': '5' } });
      const listener: Listener = { response, session, missed: 0 };
      listeners.add(listener);
      stop ??= begin();
      response.on('drain', () => confess(listener));
      response.once('close', () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = null;
      });
      response.write(': listening\nretry: 2000\n\n');
    },
    close() {
      closed = true;
      for (const { response } of listeners) response.end();
    },
  };
}

function format(id: number, name: string, data: unknown): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The session that an event is about; null when it concerns everybody. */
function sessionOf(event: AdminEvent): string | null {
  return event.name === 'reload' || event.name === 'clock' ? null : event.data.session;
}
