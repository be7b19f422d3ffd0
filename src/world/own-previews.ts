import { previewBytes, sha256Of, type Captured, type ExchangeDraft } from './exchange-draft.ts';

/** The slab from which Node cuts small buffers: to keep a slice of it is cheap, to keep one of a large read is not. */
const slabBytes = 8192;

/** A preview that is a small slice of a large read is copied: it would keep the whole read alive. */
export function withOwnPreviews(draft: ExchangeDraft): ExchangeDraft {
  const requestBody = draft.requestBody === null ? null : ownPreview(draft.requestBody);
  const replyBody = draft.replyBody === null ? null : ownPreview(draft.replyBody);
  return requestBody === draft.requestBody && replyBody === draft.replyBody ? draft : { ...draft, requestBody, replyBody };
}

function ownPreview(body: Captured): Captured {
  if (body.shared === true) return body;
  const held = body.preview.buffer.byteLength;
  if (body.preview.length <= previewBytes && (held <= slabBytes || held <= 2 * body.preview.length)) return body;
  const sha256 = body.sha256 === null && body.preview.length > previewBytes ? sha256Of(body.preview) : body.sha256;
  return { ...body, preview: Buffer.from(body.preview.subarray(0, previewBytes)), sha256 };
}
