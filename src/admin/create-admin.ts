import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import { stringifyJson } from '../base/json.ts';
import { mediaTypeOf } from '../base/media-type.ts';
import { nearest } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import { formatSize } from '../base/units.ts';
import { splitPath } from '../engine/split-path.ts';
import type { Control } from '../server/control.ts';
import { WorldRefusal } from '../world/session-memory-refusal.ts';
import { about } from './about.ts';
import { clock } from './clock.ts';
import { collections } from './collections.ts';
import type { AdminReply, Call, Endpoint } from './endpoint.ts';
import { createEventStreams } from './events.ts';
import { explain } from './explain.ts';
import { carriesToken, refuseForms, refuseStrangers, refuseWithoutToken } from './guard.ts';
import { journal } from './journal.ts';
import { metrics } from './metrics.ts';
import { describe } from './openapi.ts';
import { consoleFiles, page } from './page.ts';
import { readQuery } from './query.ts';
import { readJson, readText } from './read-body.ts';
import { Refusal } from './refusal.ts';
import { reports } from './reports.ts';
import { scenarios } from './scenarios.ts';
import { sessions } from './sessions.ts';
import { trust } from './trust.ts';
import { verify } from './verify.ts';
import { watchEvents } from './watch-events.ts';

export interface AdminOptions {
  /** Null: no token is needed. */
  readonly token: string | null;
  /** Names and addresses of this server beside localhost, without ports. `*.name` stands for one more label. */
  readonly hosts: readonly string[];
  /** Hears of faults of the admin API itself. */
  readonly onFailure?: (error: unknown) => void;
}

/** Answers what lies under `/_rehearsal`. */
export interface Admin {
  (request: IncomingMessage, response: ServerResponse): void;
  /** Ends the event streams, which would otherwise never end. To be called before the server waits for requests in flight. */
  close(): void;
}

/** The admin API over a running server. */
export function createAdmin(control: Control, options: AdminOptions): Admin {
  const streams = createEventStreams(control);
  const described = [...about, ...trust, ...scenarios, ...journal, ...explain, ...reports, ...sessions, ...collections, ...clock, ...verify, ...metrics, watchEvents(streams), page];
  const endpoints = [...described, describe(described), ...consoleFiles];
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use((request, response, next) => {
    setHeaders(response);
    refuseStrangers(request, { token: options.token, allowedHosts: () => options.hosts });
    refuseMalformed(request.url);
    next();
  });
  app.use('/_rehearsal', routerOf(endpoints, control, options));
  app.use((request: Request) => { throw new Refusal(404, `There is nothing at ${show(request.path)}. The admin API is under /_rehearsal`); });
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => sendProblem(response, asRefusal(error, options)));
  const answer = (request: IncomingMessage, response: ServerResponse): void => void app(request, response);
  return Object.assign(answer, { close: () => streams.close() });
}

function setHeaders(response: Response): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
}

function routerOf(endpoints: readonly Endpoint[], control: Control, options: AdminOptions): express.Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  for (const path of new Set(endpoints.map((one) => one.path))) {
    const here = endpoints.filter((one) => one.path === path);
    const allow = [...new Set(here.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))), 'OPTIONS'].join(', ');
    const route = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const one of here) {
      const check = (request: Request, _response: Response, next: NextFunction): void => {
        if (!one.open) refuseWithoutToken(request, options.token);
        if (one.method !== 'get') refuseForms(request);
        next();
      };
      const run = (request: Request, response: Response): Promise<void> => handle(one, control, options, request, response);
      if (one.body === null) route[one.method](check, run);
      else route[one.method](check, express.raw({ limit: one.mostBodyBytes, inflate: true, type: () => true }), run);
    }
    route.all((request, response) => {
      if (!here.some((one) => one.open)) refuseWithoutToken(request, options.token);
      response.setHeader('Allow', allow);
      if (request.method !== 'OPTIONS') throw new Refusal(405, `${show(`/_rehearsal${path}`)} does not answer ${request.method}, only ${allow}`);
      response.statusCode = 204;
      response.end();
    });
  }
  router.use((request: Request) => {
    refuseWithoutToken(request, options.token);
    throw notThere(request.path, endpoints);
  });
  return router;
}

/** As at the rules: a path with NUL, a backslash or a dot segment, or that cannot be decoded, names nothing. */
function refuseMalformed(url: string): void {
  const segments = splitPath(/^[^?]*/.exec(url)![0]);
  if (!Array.isArray(segments)) throw new Refusal(400, segments.reason);
}

async function handle(one: Endpoint, control: Control, options: AdminOptions, request: Request, response: Response): Promise<void> {
  const question = request.url.indexOf('?');
  const query = readQuery(question < 0 ? '' : request.url.slice(question + 1), one.parameters);
  const call: Call = { control, params: request.params as Record<string, string>, ...bodyOf(one, request), trusted: carriesToken(request, options.token), request, response };
  send(response, await one.handle(call, query));
}

function bodyOf(one: Endpoint, request: Request): Pick<Call, 'body' | 'csv'> {
  const bytes: unknown = request.body;
  const type = request.headers['content-type'] ?? '';
  if (one.body === null || !Buffer.isBuffer(bytes)) return { body: undefined, csv: null };
  return one.csv && mediaTypeOf(type) === 'text/csv' ? { body: undefined, csv: readText(bytes, type) } : { body: readJson(bytes, type), csv: null };
}

function send(response: Response, reply: AdminReply): void {
  switch (reply.kind) {
    case 'json': return sendBytes(response, 200, 'application/json', Buffer.from(`${stringifyJson(reply.value)}\n`, 'utf8'));
    case 'bytes': {
      for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
      return sendBytes(response, 200, reply.type, reply.bytes);
    }
    case 'nothing': {
      response.statusCode = 204;
      response.end();
      return;
    }
    case 'own': return;
  }
}

function sendBytes(response: Response, status: number, type: string, bytes: Buffer): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}

function sendProblem(response: Response, refusal: Refusal): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  const exchange = response.getHeader('Rehearsal-Exchange');
  const document = { ...refusal.document(), ...(typeof exchange === 'string' && { exchange }) };
  sendBytes(response, refusal.status, 'application/problem+json', Buffer.from(`${JSON.stringify(document, null, 2)}\n`, 'utf8'));
}

function notThere(path: string, endpoints: readonly Endpoint[]): Refusal {
  const names = endpoints.map((one) => `${one.method.toUpperCase()} ${one.path}`);
  const near = nearest(path, endpoints.map((one) => one.path));
  const hint = near === null ? '' : ` Did you mean \`/_rehearsal${near}\`?`;
  return new Refusal(404, `The admin API has no ${show(path)}.${hint} There are: ${names.join(', ')}`, { more: { endpoints: names } });
}

/** What the body's reader and Express throw, in this API's words. Anything else is a fault of ours, told to the log alone. */
function asRefusal(error: unknown, options: AdminOptions): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof WorldRefusal) return new Refusal(507, error.reason);
  const { type, limit } = error as { type?: unknown; limit?: unknown };
  switch (type) {
    case 'entity.too.large': return new Refusal(413, `The body is over ${formatSize(Number(limit))}`, { headers: { Connection: 'close' } });
    case 'encoding.unsupported': return new Refusal(415, 'The Content-Encoding is not known here. Send the body as it is');
    case 'request.aborted': case 'request.size.invalid': return new Refusal(400, 'The body is not as long as Content-Length says');
    default:
  }
  if (error instanceof URIError || (error as { status?: unknown }).status === 400) return new Refusal(400, 'The path or the body cannot be decoded: see its percent-encoding and its Content-Encoding');
  options.onFailure?.(error);
  return new Refusal(500, 'The server failed to answer this; its log says why');
}
