/** Whether the kept beginning of a body is all of it. @param {import('../../model/exchange.ts').RecordedBody} body */
export function isWhole({ text, base64, sizeBytes }) {
  return keptBytes(text, base64) >= sizeBytes;
}

/** How many bytes of a body are kept. @param {string | null} text @param {string | null} base64 */
export function keptBytes(text, base64) {
  if (text !== null) return new TextEncoder().encode(text).length;
  return base64 === null ? 0 : (base64.length / 4) * 3 - (base64.match(/=*$/)?.[0].length ?? 0);
}
