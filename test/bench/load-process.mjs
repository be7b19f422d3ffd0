/**
 * The load generator, a process of its own: takes orders from the run, one at a time, and answers with what it did.
 * Orders: `requests`, `upload`, `handshakes` (see the functions of those names).
 */
import fs from 'node:fs';
import tls from 'node:tls';
import { Connection } from './connection.mjs';

const orders = { requests, upload, handshakes };
let ca;

process.on('message', async ({ order, ...options }) => {
  try {
    ca ??= fs.readFileSync(options.ca);
    process.send({ done: await orders[order](options) });
  } catch (error) {
    process.send({ failed: error.message });
  }
});
process.once('disconnect', () => process.exit(0));

/**
 * Sends `requests` (texts or base64 of whole requests) in turn over so many connections, until the time is over or `total` have been
 * answered. Any status but 200 and 201 is a failure: a fast error is no result.
 */
async function requests({ port, connections, forMs = Infinity, total = Infinity, requests: texts, base64 }) {
  const ready = texts.map((text) => Buffer.from(text, base64 ? 'base64' : 'latin1'));
  const open = await Promise.all(Array.from({ length: connections }, () => connect(port)));
  const until = performance.now() + forMs;
  let sent = 0;
  let answered = 0;
  let bodyBytes = 0;
  const began = performance.now();
  await Promise.all(
    open.map(
      (connection) =>
        new Promise((resolve, reject) => {
          const next = () => (sent < total && performance.now() < until ? connection.send(ready[sent++ % ready.length]) : resolve());
          connection.onFailure = reject;
          connection.onAnswer = (status, length) => {
            if (status !== 200 && status !== 201) return reject(new Error(`The server answered ${status}.`));
            answered += 1;
            bodyBytes += length;
            next();
          };
          next();
        }),
    ),
  ).finally(() => open.forEach((connection) => connection.close()));
  return { answered, bodyBytes, ms: performance.now() - began };
}

/** Sends one request whose body is `sizeBytes` of file content between a multipart preamble and its end. */
async function upload({ port, head, tail, sizeBytes }) {
  const connection = await connect(port);
  const piece = Buffer.alloc(256 * 1024, 'The report of a scan. ');
  const began = performance.now();
  const answer = new Promise((resolve, reject) => {
    connection.onFailure = reject;
    connection.onAnswer = resolve;
  });
  const sent = (async () => {
    connection.send(Buffer.from(head, 'latin1'));
    for (let left = sizeBytes; left > 0; left -= piece.length) {
      if (!connection.send(left < piece.length ? piece.subarray(0, left) : piece)) await Promise.race([connection.drained(), answer]);
    }
    connection.send(Buffer.from(tail, 'latin1'));
  })();
  const status = await answer.finally(() => connection.close());
  if (status !== 200) throw new Error(`The server answered ${status}.`);
  await sent;
  return { ms: performance.now() - began };
}

/** Opens and closes connections, full handshakes each, so many at a time, until the time is over. */
async function handshakes({ port, connections, forMs }) {
  const context = tls.createSecureContext({ ca });
  const until = performance.now() + forMs;
  let made = 0;
  const one = () =>
    new Promise((resolve, reject) => {
      const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', secureContext: context }, () => {
        made += 1;
        socket.end();
      });
      socket.on('error', reject);
      socket.on('close', resolve);
      socket.resume();
    });
  const worker = async () => {
    while (performance.now() < until) await one();
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return { made };
}

async function connect(port) {
  const connection = new Connection(port, ca);
  await connection.connected();
  return connection;
}
