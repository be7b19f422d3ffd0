/** @typedef {{ readonly name: string, readonly data: any }} ServerEvent */

/** A line this long is no event of ours. */
const mostWaiting = 8_000_000;

/**
 * Reads server-sent events (WHATWG HTML §9.2) from a response. EventSource would do the same but cannot send a token.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {(event: ServerEvent) => void} tell
 */
export async function readEvents(stream, tell) {
  const reader = stream.pipeThrough(/** @type {ReadableWritablePair<string, Uint8Array>} */ (/** @type {unknown} */ (new TextDecoderStream()))).getReader();
  let waiting = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (waiting + value).split('\n\n');
    waiting = blocks.pop() ?? '';
    if (waiting.length > mostWaiting) throw new Error('An event is too long');
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== null) tell(event);
    }
  }
}

/** @param {string} block @returns {ServerEvent | null} */
function eventOf(block) {
  let name = 'message';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) name = line.slice(7);
    else if (line.startsWith('data: ')) data += line.slice(6);
  }
  return data === '' ? null : { name, data: JSON.parse(data) };
}
