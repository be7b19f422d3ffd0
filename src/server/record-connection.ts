import { AlikeFailures } from './alike-failures.ts';
import type { App } from './app.ts';
import type { HandshakeFailure, MalformedRequest } from './listen-options.ts';

/** Those that are answered: the answer names the exchange. */
const answered: ReadonlySet<string> = new Set(['ERR_SSL_HTTP_REQUEST', 'ERR_SSL_HTTPS_PROXY_REQUEST']);

/** Puts handshakes that clients broke off into the journal with their likely cause, and one line each on the console; of very many alike some. Gives the exchange's id. */
export function handshakeRecorder(app: App): (failure: HandshakeFailure) => string | null {
  const alike = new AlikeFailures();
  return ({ remote, code, cause, fix, name }) => {
    const kept = answered.has(code) ? { more: '' } : alike.keep(`${cause}\n${name ?? ''}`, app.elapsed());
    if (kept === null) return null;
    const note = `${cause}. ${fix}${kept.more}`;
    const id = recordNothing(app, 'TLS', name === null ? '' : `//${name}`, null, note);
    app.log.info(`A TLS handshake from ${remote} failed: ${note}`);
    return id;
  };
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
