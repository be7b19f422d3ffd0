import { bodyFromBytes } from '../../engine/read-request.ts';
import { need, type ReceivedBody } from '../../model/index.ts';
import { codingsOf, decodeContent, parsedTooLarge } from './decode-content.ts';
import { pumpBody } from './pump-body.ts';
import type { Incoming } from './incoming.ts';
import { spillToReport } from './receive-raw.ts';

/**
 * A body that is kept in memory. Beyond the bound it is refused with 413 when a live rule looks into it; else it goes by,
 * counted and hashed, and is not kept; one of no type is then a report, as it is for other types.
 */
export async function receiveInMemory(incoming: Incoming): Promise<ReceivedBody> {
  const { req, meter, limits, contentType, mediaType } = incoming;
  const { maxParsedBytes } = limits;
  const isNeeded = (incoming.needs & need.body) !== 0;
  const codings = codingsOf(req.headers['content-encoding']);
  if (isNeeded && Number(req.headers['content-length'] ?? 0) > maxParsedBytes) throw parsedTooLarge(maxParsedBytes, true);

  let chunks: Buffer[] | null = [];
  const spill = mediaType === null ? spillToReport(incoming) : null;
  const pump = pumpBody(incoming, {
    write(chunk) {
      if (chunks === null) return spill?.write(chunk) ?? true;
      chunks.push(chunk);
      if (meter.sizeBytes <= maxParsedBytes) return true;
      if (isNeeded) throw parsedTooLarge(maxParsedBytes, true);
      const kept = chunks;
      chunks = null;
      for (const early of kept) spill?.write(early);
      return true;
    },
    onceDrained: (callback) => (spill ? spill.onceDrained(callback) : callback()),
  });
  try {
    await pump.done;
    const report = chunks === null && spill ? await spill.finish() : null;
    const sent = chunks === null ? null : Buffer.concat(chunks, meter.sizeBytes);
    const bytes = sent !== null && codings.length > 0 ? (isNeeded ? await decodeContent(sent, codings, maxParsedBytes) : null) : sent;
    return bodyFromBytes({ bytes, contentType, mediaType, sizeBytes: meter.sizeBytes, sha256: meter.sha256(), report });
  } catch (error) {
    await spill?.abort();
    throw error;
  }
}
