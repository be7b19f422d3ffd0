import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import { deeperThan, maxJsonDepth } from '../base/json-depth.ts';
import { nearest } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import type { Control } from '../server/control.ts';
import { about } from './about.ts';
import type { AdminReply, Call, Endpoint } from './endpoint.ts';
import { createEventStreams } from './events.ts';
import { explain } from './explain.ts';
import { carriesToken, refuseForms, refuseStrangers, refuseWithoutToken } from './guard.ts';
import { journal } from './journal.ts';
import { describe } from './openapi.ts';
import { page } from './page.ts';
import { readQuery } from './query.ts';
import { Refusal } from './refusal.ts';
import { reports } from './reports.ts';
import { scenarios } from './scenarios.ts';
import { sessions } from './sessions.ts';
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

const mostBodyBytes = 1_000_000;
/** Routes that the interface names and this version does not have. */
const later: readonly string[] = ['/verify', '/clock', '/metrics', '/collections'];

/** The admin API over a running server. */
export function createAdmin(control: Control, options: AdminOptions): Admin {
  const streams = createEventStreams(control);
  const described = [...about, ...scenarios, ...journal, ...explain, ...reports, ...sessions, watchEvents(streams), page];
  const endpoints = [...described, describe(described)];
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use((request, response, next) => {
    setHeaders(response);
    refuseStrangers(request, { token: options.token, allowedHosts: () => options.hosts });
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
  const readBody = express.json({ limit: mostBodyBytes, strict: false, inflate: true, type: () => true, verify: refuseDeep });
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
      else route[one.method](check, readBody, run);
    }
    route.all((request, response) => {
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

async function handle(one: Endpoint, control: Control, options: AdminOptions, request: Request, response: Response): Promise<void> {
  const question = request.url.indexOf('?');
  const query = readQuery(question < 0 ? '' : request.url.slice(question + 1), one.parameters);
  const call: Call = { control, params: request.params as Record<string, string>, body: request.body as unknown, trusted: carriesToken(request, options.token), request, response };
  send(response, await one.handle(call, query));
}

function send(response: Response, reply: AdminReply): void {
  switch (reply.kind) {
    case 'json': return sendBytes(response, 200, 'application/json', Buffer.from(`${JSON.stringify(reply.value)}\n`, 'utf8'));
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
  const planned = later.some((name) => path === name || path.startsWith(`${name}/`)) || /^\/sessions\/[^/]+\/state$/.test(path);
  const near = nearest(path, endpoints.map((one) => one.path));
  const hint = planned ? ' This version does not have it yet.' : near === null ? '' : ` Did you mean \`/_rehearsal${near}\`?`;
  return new Refusal(404, `The admin API has no ${show(path)}.${hint} There are: ${names.join(', ')}`, { more: { endpoints: names } });
}

/** What the JSON reader and Express throw, in this API's words. Anything else is a fault of ours, told to the log alone. */
/** A body of a request may stand in the document, so it goes a little deeper than that. */
function refuseDeep(_request: IncomingMessage, _response: ServerResponse, bytes: Buffer): void {
  if (deeperThan(bytes.toString('utf8'), maxJsonDepth + 8)) throw new Refusal(400, `The body is nested deeper than ${maxJsonDepth} levels`);
}

function asRefusal(error: unknown, options: AdminOptions): Refusal {
  if (error instanceof Refusal) return error;
  const { type, message } = error as { type?: unknown; message?: unknown };
  switch (type) {
    case 'entity.parse.failed': return new Refusal(400, `The body is not JSON: ${show(String(message), 200)}`);
    case 'entity.too.large': return new Refusal(413, `The body is over ${mostBodyBytes} bytes`, { headers: { Connection: 'close' } });
    case 'encoding.unsupported': return new Refusal(415, 'The Content-Encoding is not known here. Send the body as it is');
    case 'charset.unsupported': return new Refusal(415, 'JSON is UTF-8. Send it without another charset');
    case 'request.aborted': case 'request.size.invalid': return new Refusal(400, 'The body is not as long as Content-Length says');
    default:
  }
  if (error instanceof URIError || (error as { status?: unknown }).status === 400) return new Refusal(400, 'The path or the body cannot be decoded: see its percent-encoding and its Content-Encoding');
  options.onFailure?.(error);
  return new Refusal(500, 'The server failed to answer this; its log says why');
}
