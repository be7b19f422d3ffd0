import { stringifyJson } from '../base/json.ts';
import { need, type Compiler, type Content, type Facts, type ReplyKind } from '../model/index.ts';
import { anything, boolean, list, object, optional, text, type Out } from '../shapes/index.ts';
import { brokenContent } from './content.ts';
import { compileDelay, delayShape } from './delay.ts';
import { asText, constant, filled, type Value } from './value.ts';

const maxChunks = 10_000;

const chunkShape = object({
  text: optional(text({ about: 'The text of the chunk.' })),
  json: optional(anything('The JSON value of the chunk.')),
  delay: optional(delayShape),
  event: optional(text({ about: 'With `sse: true`: the type of the event.' })),
  id: optional(text({ about: 'With `sse: true`: the id of the event.' })),
}, { name: 'a chunk of a stream', oneOf: { keys: ['text', 'json'], atLeastOne: true }, expected: 'a chunk: `{ text or json, delay }`' });

type Chunk = Out<typeof chunkShape>;

/** Chunks leave one by one; the length is not announced. JSON chunks are lines (NDJSON) unless they are events. */
export const stream = {
  key: 'stream',
  shape: list(chunkShape, { min: 1, about: 'The chunks, in order; the delay of a chunk comes before it.' }),
  options: { sse: boolean('Send the chunks as server-sent events.') },
  about: 'A list of `{ text or json, delay }` chunks; `sse: true` sends them as server-sent events.',
  examples: [
    { yaml: 'stream: [ { text: one }, { text: two, delay: 1 ms } ]', status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'transfer-encoding': 'chunked' }, body: 'onetwo' },
    { yaml: 'stream: [ { json: { id: 1 } }, { json: { id: 2 } } ]', status: 200, headers: { 'content-type': 'application/x-ndjson' }, body: '{"id":1}\n{"id":2}\n' },
    { yaml: '{ sse: true, stream: [ { json: { done: 40 }, event: progress }, { text: bye } ] }', status: 200, headers: { 'content-type': 'text/event-stream' }, body: 'event: progress\ndata: {"done":40}\n\ndata: bye\n\n' },
  ],
  compile(value, compiler, options) {
    const sse = options['sse'] === true;
    if (value.length > maxChunks) {
      compiler.mistake({ code: 'too-large', message: 'This stream has too many chunks', expected: `at most ${maxChunks}`, got: String(value.length) });
      return brokenContent;
    }
    const parts = value.map((chunk, index) => compileChunk(chunk, compiler.at(index), sse));
    if (parts.some((part) => part === null)) return brokenContent;
    const type = sse ? 'text/event-stream' : value.every((chunk) => 'json' in chunk) ? 'application/x-ndjson' : 'text/plain; charset=utf-8';
    return streamContent(parts as Part[], type);
  },
} satisfies ReplyKind<readonly Chunk[]>;

interface Part {
  readonly bytes: Value<Buffer>;
  readonly delayMs: Value<number>;
}

function streamContent(parts: readonly Part[], type: string): Content {
  const values = parts.flatMap((part) => [part.bytes, part.delayMs]);
  return {
    needs: values.reduce((sum, value) => sum | value.needs, need.nothing as number),
    fixed: values.every((value) => value.fixed),
    render: (facts: Facts) => ({ body: { kind: 'stream', chunks: parts.map((part) => ({ bytes: part.bytes.get(facts), delayMs: part.delayMs.get(facts) })) }, type }),
  };
}

function compileChunk(chunk: Chunk, compiler: Compiler, sse: boolean): Part | null {
  for (const key of ['event', 'id'] as const) {
    if (chunk[key] === undefined || sse) continue;
    compiler.mistake({ code: 'key-without-its-key', message: `\`${key}\` belongs to server-sent events`, expected: '`sse: true` beside `stream`', got: `\`${key}\` without it` }, [key], 'key');
    return null;
  }
  const delayMs = chunk.delay === undefined ? constant(0) : compileDelay(chunk.delay, compiler.at('delay'));
  const bytes = sse ? filled(eventOf(chunk), compiler, framed) : 'json' in chunk ? filled(chunk.json, compiler.at('json'), (value) => Buffer.from(`${stringifyJson(value)}\n`)) : filled(chunk.text, compiler.at('text'), (value) => Buffer.from(asText(value)));
  return delayMs && bytes ? { delayMs, bytes } : null;
}

function eventOf(chunk: Chunk): Readonly<Record<string, unknown>> {
  const { event, id } = chunk;
  return { ...(event !== undefined && { event }), ...(id !== undefined && { id }), ...('json' in chunk ? { json: chunk.json } : { text: chunk.text }) };
}

/** One event as it stands on the wire: a field is one line, and text of several lines is several `data` fields (WHATWG HTML §9.2). */
function framed(value: unknown): Buffer {
  const chunk = value as Readonly<Record<string, unknown>>;
  const fields = (['event', 'id'] as const).filter((key) => chunk[key] !== undefined).map((key) => `${key}: ${asText(chunk[key]).replace(/[\r\n\0]+/g, ' ')}\n`);
  const data = 'json' in chunk ? stringifyJson(chunk['json']) : asText(chunk['text']);
  return Buffer.from(`${fields.join('')}${data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`).join('')}\n`);
}
