import { fileURLToPath } from 'node:url';
import { endChild, startChild } from './processes.mjs';

const loadCore = 1;

/** Starts the load generator on its own core. `order(name, options)` resolves with what was done. */
export function startLoad(material) {
  const program = fileURLToPath(new URL('./load-process.mjs', import.meta.url));
  const child = startChild(loadCore, process.execPath, [program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    order(name, options) {
      return new Promise((resolve, reject) => {
        const ended = () => reject(new Error('The load generator ended.'));
        child.once('exit', ended);
        child.once('message', ({ done, failed }) => {
          child.off('exit', ended);
          if (failed) reject(new Error(failed));
          else resolve(done);
        });
        child.send({ order: name, ca: material.trust, ...options });
      });
    },
    stop: () => endChild(child),
  };
}

/** The bytes of a GET as a client with a few usual headers sends it. */
export function get(path) {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nUser-Agent: bench\r\nConnection: keep-alive\r\n\r\n`;
}

/** Head and tail of a multipart upload of so many bytes in the part `file`. */
export function multipart(path, sizeBytes) {
  const opening = '--bench-boundary\r\nContent-Disposition: form-data; name="file"; filename="report.zip"\r\nContent-Type: application/zip\r\n\r\n';
  const tail = '\r\n--bench-boundary--\r\n';
  const head =
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nUser-Agent: bench\r\n` +
    `Content-Type: multipart/form-data; boundary=bench-boundary\r\nContent-Length: ${opening.length + sizeBytes + tail.length}\r\n\r\n${opening}`;
  return { head, tail };
}
