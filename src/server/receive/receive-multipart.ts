import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyFromBytes } from '../../engine/read-request.ts';
import { need, type ReceivedBody } from '../../model/index.ts';
import type { ReceiveLimits } from './limits.ts';
import { MultipartReading, type Busboy, type MultipartFile } from './multipart-reading.ts';
import { FilePart, type MultipartPart } from './multipart-part.ts';
import type { Incoming } from './incoming.ts';
import { Refusal } from './refusal.ts';

type Middleware = (req: object, res: ServerResponse, next: (error?: unknown) => void) => void;

/** Bytes that the reader takes before it asks the socket to wait: enough for a usual upload to go through in one go. */
const highWaterMark = 256 * 1024;

/** Where a request carries its reading. (A WeakMap would keep every request alive until the next full garbage collection.) */
const reading = Symbol('reading');
type ReadRequest = IncomingMessage & { [reading]?: MultipartReading };

const middlewares = new WeakMap<ReceiveLimits, Promise<Middleware>>();
/** Never looked at by multer, which is given no response to write to. */
const noResponse = null as unknown as ServerResponse;

/** A `multipart/form-data` body (RFC 7578), read by multer: parts with a file name stream to disk, the others are kept. */
export async function receiveMultipart(incoming: Incoming): Promise<ReceivedBody> {
  const { req, meter, limits, contentType, mediaType } = incoming;
  if (req.headers['content-encoding'] !== undefined && req.headers['content-encoding'].trim().toLowerCase() !== 'identity') {
    throw new Refusal(415, 'A multipart body with a Content-Encoding is not taken', true);
  }
  let middleware = middlewares.get(limits);
  if (!middleware) middlewares.set(limits, (middleware = makeMiddleware(limits)));
  const read = await middleware;
  const started = ((req as ReadRequest)[reading] = new MultipartReading(incoming));
  read(req, noResponse, (error) => started.settle(error));
  const parts = await started.done;
  if (incoming.whole !== null) for (const part of parts) if (part instanceof FilePart) part.settleText();
  if ((incoming.needs & need.zipEntries) !== 0) await readArchives(parts, incoming);
  return bodyFromBytes({ bytes: null, contentType, mediaType, sizeBytes: meter.sizeBytes, sha256: meter.sha256(), parts });
}

async function makeMiddleware(limits: ReceiveLimits): Promise<Middleware> {
  const { default: multer } = await import('multer');
  const storage = {
    _handleFile: (req: ReadRequest, file: MultipartFile, callback: (error?: Error | null, info?: object) => void) => req[reading]!.takeFile(file, callback),
    // What was stored goes with the reading, which knows of every file of the request.
    _removeFile: (_req: object, _file: object, callback: (error: Error | null) => void) => callback(null),
  };
  const options = {
    storage,
    preservePath: true,
    defParamCharset: 'utf8',
    highWaterMark,
    fileHwm: highWaterMark,
    limits: {
      parts: limits.maxParts,
      files: limits.maxParts,
      fields: limits.maxFields,
      fieldSize: limits.maxFieldBytes,
      fieldNameSize: limits.maxFieldNameBytes,
      fieldNestingDepth: limits.maxFieldNesting,
      fieldArrayIndexLimit: limits.maxFieldIndex,
    },
    streamHandler: (req: ReadRequest, busboy: Busboy) => req[reading]!.begin(busboy),
  };
  return multer(options as unknown as Parameters<typeof multer>[0]).any() as unknown as Middleware;
}

/** All archives of one request may hold so many entries together. */
const maxEntries = 50_000;

async function readArchives(parts: readonly MultipartPart[], { reports }: Incoming): Promise<void> {
  let left = maxEntries;
  for (const part of parts) {
    if (part.report === null) continue;
    const listing = await reports.entries(part.report.id);
    left -= listing !== null && 'entries' in listing ? listing.entries.length : 0;
    part.zip = left < 0 && listing !== null ? { problem: `the archives have more than ${maxEntries} entries together` } : listing;
  }
}
