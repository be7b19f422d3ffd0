// A morning's traffic of a partner's clients: what the screenshots show.
import { request as httpsRequest } from 'node:https';
import yazl from 'yazl';

/** @typedef {{ url: string, ca: string }} Server */

/** @param {Server} server @param {string} method @param {string} path @param {{ headers?: Record<string, string>, body?: string | Buffer }} [more] */
export function call(server, method, path, { headers = {}, body } = {}) {
  return new Promise((/** @type {(status: number) => void} */ resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const request = httpsRequest({ host: hostname.replace(/^\[|\]$/g, ''), port, method, path, ca: server.ca, agent: false, headers: { 'User-Agent': 'orders-client/2.4', Accept: 'application/json', ...headers } }, (response) => {
      response.resume();
      response.on('close', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** @param {string} filename @param {Buffer} content @param {string} [part] */
export function upload(filename, content, part = 'file') {
  const head = `--boundary-7f3a\r\nContent-Disposition: form-data; name="${part}"; filename="${filename}"\r\nContent-Type: application/zip\r\n\r\n`;
  return { headers: { 'Content-Type': 'multipart/form-data; boundary=boundary-7f3a' }, body: Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--boundary-7f3a--\r\n')]) };
}

/** @param {Readonly<Record<string, string>>} entries @returns {Promise<Buffer>} */
export async function zipOf(entries) {
  const zip = new yazl.ZipFile();
  for (const [name, text] of Object.entries(entries)) zip.addBuffer(Buffer.from(text), name, { mtime: new Date(2026, 0, 1) });
  zip.end();
  /** @type {Buffer[]} */
  const chunks = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const json = { 'Content-Type': 'application/json' };

/** @param {Server} server */
export async function fill(server) {
  const send = (/** @type {string} */ method, /** @type {string} */ path, more = {}) => call(server, method, path, more);
  const report = await zipOf({ 'report/summary.json': '{"task":1,"status":"PASSED"}', 'report/log.txt': 'scan complete\n'.repeat(40), 'report/findings.csv': 'id,severity\n' });
  for (let turn = 0; turn < 4; turn += 1) {
    await send('GET', '/xyz/api/cleaner/tasks');
    await send('GET', '/xyz/api/cleaner/tasks/download?id=1');
    await send('GET', '/hr/departments');
    await send('GET', '/api/read');
  }
  await send('POST', '/xyz/api/cleaner/tasks/report', upload('report.zip', report));
  await send('GET', '/xyz/api/cleaner/tasks/download?id=9');
  await send('POST', '/@:checkout/xyz/api/cleaner/tasks/report', upload('report.tar', Buffer.from('not a zip at all')));
  await send('POST', '/@:checkout/hr/departments', { headers: json, body: '{"department":"Quality"}' });
  await send('POST', '/@:checkout/hr/departments', { headers: json, body: '{"department":""}' });
  await send('GET', '/@cleaner-list-503-twice:nightly/xyz/api/cleaner/tasks');
  await send('GET', '/@cleaner-list-503-twice:nightly/xyz/api/cleaner/tasks');
  await send('GET', '/@cleaner-list-503-twice:nightly/xyz/api/cleaner/tasks');
  await send('DELETE', '/xyz/api/cleaner/task/7');
  await send('POST', '/api/records', { headers: json, body: '{"value1":"hello"}' });
  await send('GET', '/xyz/api/cleaner/tasks?status=open&limit=20');
  await send('POST', '/@:checkout/xyz/api/cleaner/tasks/report', upload('report.zip', report));
}
