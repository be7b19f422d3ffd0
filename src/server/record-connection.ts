import type { App } from './app.ts';
import type { HandshakeFailure, MalformedRequest } from './listen-options.ts';

/** A handshake that a client broke off: into the journal with its likely cause, and one line on the console. Gives the exchange's id. */
export function recordHandshake(app: App, { remote, cause, fix, name }: HandshakeFailure): string {
  const id = recordNothing(app, 'TLS', name === null ? '' : `//${name}`, null, `${cause}. ${fix}`);
  app.log.info(`A TLS handshake from ${remote} failed: ${cause}. ${fix}`);
  return id;
}

/** Bytes that are not HTTP: the journal keeps what was answered. */
export function recordMalformed(app: App, { remote, status, detail }: MalformedRequest): string {
  const id = recordNothing(app, '', '', status, detail);
  app.log.info(`A request from ${remote} could not be read: ${detail}`);
  return id;
}

function recordNothing(app: App, method: string, url: string, status: number | null, note: string): string {
  const id = app.nextId();
  app.journal.record({ id, atMs: app.clock.now(), session: 'default', scenario: null, method, url, path: '', status, durationMs: 0, rule: null, violations: [], nearest: [], fault: null, note, requestHeaders: [], requestBody: null, replyHeaders: [], replyBody: null });
  return id;
}
