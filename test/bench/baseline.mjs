/**
 * The servers that Rehearsal is measured beside: as little as Node (or Express) can do for the same answer.
 * `node baseline.mjs '{"kind":"https","cert":FILE,"key":FILE,"headers":[…],"body":TEXT}'`; prints `ready PORT`.
 */
import fs from 'node:fs';
import https from 'node:https';

const options = JSON.parse(process.argv[2]);
const accepted = Buffer.from('{"id":1,"name":"vuln scan","status":"PASSED"}');

const kinds = {
  /** Bare node:https: one answer, made beforehand, for every request. As text, which Node sends faster than a Buffer. */
  https() {
    const body = options.body ?? 'ok';
    const headers = [...(options.headers ?? []), 'Content-Length', String(Buffer.byteLength(body))];
    return (_request, response) => {
      response.writeHead(200, headers);
      response.end(body);
    };
  },

  /** Bare Express with one route. */
  async express() {
    const { default: express } = await import('express');
    const app = express();
    const value = JSON.parse(options.body ?? '"ok"');
    const headers = Object.fromEntries(pairs(options.headers ?? []));
    app.get(options.path ?? '/', (_request, response) => response.set(headers).json(value));
    return app;
  },

  /** A file as most people send it: a read stream for each request. */
  stream() {
    const { size } = fs.statSync(options.file);
    const headers = [...(options.headers ?? []), 'Content-Length', String(size)];
    return (_request, response) => {
      response.writeHead(200, headers);
      fs.createReadStream(options.file).pipe(response);
    };
  },

  /** A file held in memory. */
  memory() {
    const body = fs.readFileSync(options.file);
    const headers = [...(options.headers ?? []), 'Content-Length', String(body.length)];
    return (_request, response) => {
      response.writeHead(200, headers);
      response.end(body);
    };
  },

  /** An upload read and thrown away: neither parsed, hashed nor kept. */
  sink() {
    return (request, response) => {
      request.resume();
      request.once('end', () => accept(response));
    };
  },

  /** An upload kept by multer, without Express and without a hash. */
  async multer() {
    const { default: multer } = await import('multer');
    const take = multer({ dest: options.folder }).any();
    return (request, response) => take(request, response, (failure) => (failure ? response.writeHead(500).end() : accept(response)));
  },

  /** The same behind Express. */
  async 'express + multer'() {
    const [{ default: express }, { default: multer }] = await Promise.all([import('express'), import('multer')]);
    const app = express();
    app.post('/{*any}', multer({ dest: options.folder }).any(), (_request, response) => accept(response));
    return app;
  },
};

function accept(response) {
  response.writeHead(200, ['Content-Type', 'application/json', 'Content-Length', String(accepted.length)]);
  response.end(accepted);
}

function pairs(flat) {
  return flat.flatMap((name, index) => (index % 2 ? [] : [[name, flat[index + 1]]]));
}

const listener = await kinds[options.kind]();
const server = https.createServer({ cert: fs.readFileSync(options.cert), key: fs.readFileSync(options.key) }, listener);
server.listen(options.port ?? 0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
process.once('SIGTERM', () => process.exit(0));
