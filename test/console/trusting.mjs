import { createHash } from 'node:crypto';
import { get } from 'node:https';

/**
 * The flag by which Chromium trusts this server's certificate. To ignore all errors instead would break off a handshake for each request.
 * @param {{ url: string, ca: string }} server
 * @returns {Promise<string>}
 */
export function trusting({ url, ca }) {
  return new Promise((resolve, reject) => {
    get(`${url}/_rehearsal/health`, { ca, agent: false }, (response) => {
      const { socket } = /** @type {{ socket: import('node:tls').TLSSocket }} */ (/** @type {unknown} */ (response));
      const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' }) ?? '';
      response.resume();
      response.on('end', () => resolve(`--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`));
    }).on('error', reject);
  });
}
