import type { IncomingMessage } from 'node:http';
import { isFormType, isJsonType, isTextType, isXmlType, mediaTypeOf } from '../../base/media-type.ts';
import { bodyFromBytes, noBody } from '../../engine/read-request.ts';
import { StorageRefusal } from '../../files/storage-refusal.ts';
import type { ReceivedBody } from '../../model/index.ts';
import { BodyMeter } from './body-meter.ts';
import { drain } from './drain.ts';
import { gather, giveBack } from './gather.ts';
import type { Incoming, ReceiveOptions } from './incoming.ts';
import { hasBody, precheck } from './precheck.ts';
import { receiveInMemory } from './receive-in-memory.ts';
import { receiveMultipart } from './receive-multipart.ts';
import { receiveRaw } from './receive-raw.ts';
import { Refusal } from './refusal.ts';

export interface Received {
  readonly body: ReceivedBody;
  /** The first 64 KiB as sent. They are put together when this is first read: leave it alone until somebody looks. */
  readonly preview: Buffer;
}

const noPreview = Buffer.alloc(0);
/** So little left of a refused request is read to its end, so that the connection can go on. */
const smallRest = { maxBytes: 256 * 1024, maxMs: 250 };

/**
 * Receives a request body. Multipart bodies go part by part: each part with a file name becomes a report. Text, JSON, forms
 * and XML, and bodies of no type, are kept in memory up to `maxParsedBytes`; what is of any other type becomes a report as a
 * whole. Throws {@link Refusal} or {@link ClientGone}; then nothing of the request is left on disk.
 */
export async function receiveBody(req: IncomingMessage, options: ReceiveOptions): Promise<Received> {
  const contentType = req.headers['content-type'] ?? null;
  if (!hasBody(req)) return { body: contentType === null ? noBody : bodyFromBytes({ bytes: noPreview, contentType }), preview: noPreview };
  const refusal = precheck(req, options.limits);
  if (refusal) throw refusal;
  const mediaType = mediaTypeOf(contentType);
  const gathering = isUpload(mediaType) ? gather(req) : null;
  const whole = gathering === null ? null : await gathering;
  const incoming: Incoming = { ...options, req, meter: new BodyMeter(options.previews), contentType, mediaType, whole };
  let forgotten = false;
  try {
    const body = await receiveByType(incoming);
    forgotten = true;
    return new ReceivedWithPreview(body, incoming.meter);
  } catch (error) {
    const refused = error instanceof StorageRefusal ? Refusal.ofStorage(error, true) : error;
    throw refused instanceof Refusal ? await finishRefused(req, incoming.meter, refused) : refused;
  } finally {
    if (whole !== null) giveBack(whole, forgotten);
  }
}

class ReceivedWithPreview implements Received {
  readonly body: ReceivedBody;
  readonly #meter: BodyMeter;

  constructor(body: ReceivedBody, meter: BodyMeter) {
    this.body = body;
    this.#meter = meter;
  }

  get preview(): Buffer {
    return this.#meter.preview();
  }
}

function receiveByType(incoming: Incoming): Promise<ReceivedBody> {
  const { mediaType } = incoming;
  if (!isUpload(mediaType)) return receiveInMemory(incoming);
  return mediaType === 'multipart/form-data' ? receiveMultipart(incoming) : receiveRaw(incoming);
}

/** Whether a body becomes reports, rather than being kept in memory. */
function isUpload(mediaType: string | null): boolean {
  return mediaType !== null && !isParsedType(mediaType);
}

/** Types that rules look into, kept in memory. The multipart reader takes `form-data` only: other multiparts are raw. */
function isParsedType(mediaType: string): boolean {
  return isTextType(mediaType) || isJsonType(mediaType) || isXmlType(mediaType) || isFormType(mediaType);
}

/** Whether the connection can go on is known only now. */
async function finishRefused(req: IncomingMessage, meter: BodyMeter, refusal: Refusal): Promise<Refusal> {
  const length = req.headers['content-length'];
  const restIsSmall = length !== undefined && Number(length) - meter.sizeBytes <= smallRest.maxBytes;
  const whole = req.complete || (restIsSmall && (await drain(req, smallRest)));
  return new Refusal(refusal.status, refusal.reason, !whole);
}
