import { bodyFromBytes } from '../../engine/read-request.ts';
import type { ReportWriter } from '../../files/reports.ts';
import { need, type ReceivedBody, type StoredReport } from '../../model/index.ts';
import { codingsOf, decodeContent } from './decode-content.ts';
import { pumpBody, type BodySink } from './pump-body.ts';
import type { Incoming } from './incoming.ts';
import { Refusal } from './refusal.ts';

/** A body of a type that is not parsed: a report, of the bytes as sent. A live rule that reads it as text has it in memory too, within the bound. */
export async function receiveRaw(incoming: Incoming): Promise<ReceivedBody> {
  const { req, meter, limits, contentType, mediaType } = incoming;
  const spill = spillToReport(incoming);
  let chunks: Buffer[] | null = (incoming.needs & need.body) !== 0 ? [] : null;
  const pump = pumpBody(incoming, {
    write(chunk) {
      if (chunks !== null && meter.sizeBytes <= limits.maxParsedBytes) chunks.push(chunk);
      else chunks = null;
      return spill.write(chunk);
    },
    onceDrained: (callback) => spill.onceDrained(callback),
  });
  try {
    await pump.done;
    const report = await spill.finish();
    const bytes = chunks === null ? null : await decodeIfKnown(Buffer.concat(chunks, meter.sizeBytes), req.headers['content-encoding'], limits.maxParsedBytes);
    return bodyFromBytes({ bytes, contentType, mediaType, sizeBytes: meter.sizeBytes, sha256: meter.sha256(), report });
  } catch (error) {
    await spill.abort();
    throw error;
  }
}

/** A sink that becomes a report with its first byte: an empty body is none. */
export interface Spill extends BodySink {
  finish(): Promise<StoredReport | null>;
  abort(): Promise<void>;
}

export function spillToReport(incoming: Incoming): Spill {
  const { reports, exchange, session, mediaType } = incoming;
  let writer: ReportWriter | null = null;
  return {
    write(chunk) {
      writer ??= reports.begin({ exchange, session, part: null, filename: null, type: mediaType ?? 'application/octet-stream' });
      const goesOn = writer.write(chunk);
      if (writer.failure) throw writer.failure;
      return goesOn;
    },
    onceDrained: (callback) => (writer ? writer.onceDrained(callback) : callback()),
    finish: async () => (writer ? writer.finish() : null),
    abort: async () => writer?.abort(),
  };
}

/** The rule asked for text, nobody promised any: what cannot be decoded is just not there. */
async function decodeIfKnown(bytes: Buffer, header: string | undefined, maxBytes: number): Promise<Buffer | null> {
  try {
    return await decodeContent(bytes, codingsOf(header), maxBytes);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
