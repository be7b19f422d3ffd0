import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DelimiterSearch, searchFaster } from '../../src/server/receive/delimiter-search.ts';
import type { Busboy } from '../../src/server/receive/multipart-reading.ts';

const require = createRequire(import.meta.url);
/** The parser that multer itself gets. */
const makeBusboy = createRequire(require.resolve('multer'))('busboy') as (options: object) => Busboy;

function parser(boundary: string): Busboy {
  return makeBusboy({ headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, limits: { parts: 20 }, defParamCharset: 'utf8' });
}

/** All that a parser says of a body that comes in these chunks. */
function told(busboy: Busboy, chunks: readonly Buffer[]): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  return new Promise((done) => {
    busboy.on('field', (...given) => events.push(['field', ...given]));
    busboy.on('file', (name: string, stream: Readable, info: object) => {
      const content: Buffer[] = [];
      const event: unknown[] = ['file', name, info, content];
      events.push(event);
      stream.on('data', (chunk: Buffer) => content.push(Buffer.from(chunk)));
      stream.on('end', () => event.push(Buffer.concat(content.splice(0)).toString('latin1')));
      stream.on('error', (error) => event.push(error.message));
    });
    for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit']) busboy.on(event, () => events.push(event));
    busboy.on('error', (error: Error) => events.push(['error', error.message]));
    busboy.on('close', () => done(events));
    for (const chunk of chunks) busboy.write(chunk);
    busboy.end();
  });
}

/** Cut at these places, counted round and round. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const at = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const boundary = 'aab-aab';
const piece = fc.oneof(
  fc.constantFrom(`--${boundary}`, `\r\n--${boundary}`, `\r\n--${boundary}\r\n`, `\r\n--${boundary}--`, '\r\n--aab', '\r\n--aab-aaaab-aab', '\r\n-', '\r\n', '\r', '\n', '-', '--', 'aab-', 'x'.repeat(100),
    'Content-Disposition: form-data; name="a"\r\n\r\n', 'Content-Disposition: form-data; name="f"; filename="g"\r\n\r\n', 'Content-Disposition: form-data; name="f"; filename="g"\r\nContent-Type: text/html; charset=utf-16le\r\n\r\n', 'Content-Type: application/octet-stream\r\n'),
  fc.string({ maxLength: 8 }),
);
const body = fc.oneof(
  fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
  fc.array(piece, { maxLength: 20 }).map((pieces) => `--${boundary}\r\n${pieces.join('')}\r\n--${boundary}--\r\n`),
).map((text) => Buffer.from(text, 'latin1'));
const places = fc.oneof(fc.constant([]), fc.array(fc.nat(3000), { maxLength: 12 }), fc.constant(Array.from({ length: 3000 }, (_, place) => place)));

test('in whatever pieces a body comes, the parser says the same of it as with its own search', async () => {
  await fc.assert(fc.asyncProperty(body, places, async (bytes, cuts) => {
    const chunks = cut(bytes, cuts);
    const faster = parser(boundary);
    searchFaster(faster);
    expect(await told(faster, chunks)).toEqual(await told(parser(boundary), chunks));
  }), { numRuns: 1500, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: false });
}, 30_000);

test('what is found is told in order, with nothing lost and nothing doubled, wherever the chunks are cut', () => {
  const delimiter = Buffer.from('\r\n--ab');
  const text = fc.array(fc.constantFrom('\r\n--ab', '\r\n--a', '\r', '\r\n', '-', 'ab', 'xyz'), { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join('')));
  fc.assert(fc.property(text, fc.array(fc.nat(80), { maxLength: 10 }), (bytes, cuts) => {
    let pieces = '';
    const search = new DelimiterSearch(delimiter, (isMatch, found, start, end) => {
      pieces += `${found ? found.toString('latin1', start, end) : ''}${isMatch ? '|' : ''}`;
    });
    for (const chunk of cut(bytes, cuts)) search.push(chunk, 0);
    search.destroy();
    expect(pieces).toBe(bytes.toString('latin1').replaceAll('\r\n--ab', '|'));
  }));
});

test('the parser in use takes the faster search; one made otherwise keeps its own', () => {
  const busboy = parser(boundary);
  searchFaster(busboy);
  expect(Reflect.get(busboy, '_bparser')).toBeInstanceOf(DelimiterSearch);
  const own = { push: () => undefined };
  for (const other of [{}, { _bparser: null }, { _bparser: own }, { _bparser: { _needle: Buffer.from('\r\n--a\rb'), _cb: () => undefined, _lookbehindSize: 2 } }]) {
    const before = { ...other };
    searchFaster(other as unknown as Busboy);
    expect(other).toEqual(before);
  }
});
