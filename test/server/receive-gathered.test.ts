import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readContent } from '../../src/files/report-content.ts';
import { need } from '../../src/model/index.ts';
import { chunkedRequest, dial, exchangeBytes, multipart, multipartType, receiving, request, send } from './receive-support.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

interface Upload {
  readonly content: Buffer;
  readonly body: Buffer;
}

/** A text and a file, of bytes of their own. */
function upload(sizeBytes: number): Upload {
  const content = Buffer.from(randomBytes(sizeBytes >> 1).toString('hex'));
  return { content, body: multipart({ name: 'note', content: content.subarray(0, 20) }, { filename: 'a.txt', type: 'text/plain', content }) };
}

test('of many small uploads that come at once, piece by piece, each is stored, hashed, read and shown as it was sent', async () => {
  const server = await receiving({ needs: need.partText });
  for (let round = 0; round < 2; round += 1) {
    // More than are gathered at a time: the last are read as they come.
    const uploads = Array.from({ length: 160 }, (_, index) => upload(20 + index * 900));
    const sockets = await Promise.all(uploads.map(() => dial(server.port)));
    const answers = sockets.map((socket) => exchangeBytes(socket, Buffer.alloc(0)));
    const sent = uploads.map(({ body }) => request(body, multipartType));
    for (let piece = 0; piece < 8; piece += 1) {
      sockets.forEach((socket, index) => socket.write(sent[index]!.subarray(Math.floor((sent[index]!.length * piece) / 8), Math.floor((sent[index]!.length * (piece + 1)) / 8))));
      await nextTurn();
    }
    expect((await Promise.all(answers)).every((answer) => answer.startsWith('HTTP/1.1 200 '))).toBe(true);
    const bySha256 = new Map(uploads.map((one) => [sha256(one.body), one]));
    for (let index = 0; index < uploads.length; index += 1) {
      const { body, preview } = await server.outcome(round * uploads.length + index);
      const { content, body: whole } = bySha256.get(body!.sha256)!;
      bySha256.delete(body!.sha256);
      expect(preview!.equals(whole.subarray(0, 65_536))).toBe(true);
      const [note, file] = body!.parts!;
      expect([note!.text, file!.text, file!.sha256]).toEqual([content.toString('latin1', 0, 20), content.toString('latin1'), sha256(content)]);
      expect((await readContent(file!.report!)).equals(content)).toBe(true);
    }
    for (const socket of sockets) socket.destroy();
  }
}, 30_000);

test('small uploads that break off in the middle are forgotten, however many, and later ones are gathered again', async () => {
  const server = await receiving();
  const { body } = upload(50_000);
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(Array.from({ length: 50 }, async () => {
      const socket = await dial(server.port);
      socket.write(request(body, multipartType).subarray(0, 30_000), () => socket.destroy());
      await once(socket, 'close');
    }));
  }
  await server.outcome(249);
  expect(server.files()).toEqual([]);
  expect(await send(server.port, request(body, multipartType))).toMatchObject({ status: 200 });
  expect((await server.outcome(250)).body).toMatchObject({ sizeBytes: body.length, sha256: sha256(body) });
});

test('a body says the same of itself whether it is gathered or read as it comes', async () => {
  const server = await receiving({ needs: need.partText });
  const bodies: readonly (readonly [Buffer, string])[] = [
    [multipart({ name: 'a[]', content: 'ü' }, { filename: 'b.zip', type: 'application/zip', content: randomBytes(70_000) }, { name: 'c', type: 'application/octet-stream', content: 'octets' }, { filename: '', content: '' }), multipartType],
    [randomBytes(100_000), 'application/zip'],
    [Buffer.from('x'), 'image/png'],
    [multipart({ filename: 'cut', content: 'cut' }).subarray(0, -9), multipartType],
    [multipart({ name: '', content: 'x' }), multipartType],
    [Buffer.from('--rehearsalBoundary--'), multipartType],
  ];
  for (const [body, type] of bodies) {
    const first = server.count();
    const gathered = await send(server.port, request(body, type));
    expect(await send(server.port, chunkedRequest(body, type))).toEqual(gathered);
    const [one, other] = [await server.outcome(first), await server.outcome(first + 1)];
    expect(one.preview === undefined ? null : one.preview.equals(other.preview!)).toBe(one.preview === undefined ? null : true);
    expect(one.error?.message).toBe(other.error?.message);
    const shown = ({ body: received }: typeof one): unknown => received && [received.sizeBytes, received.sha256, received.mediaType, received.report?.sha256, received.parts?.map(({ name, filename, type: mediaType, text, sizeBytes, sha256: hash }) => [name, filename, mediaType, text, sizeBytes, hash])];
    expect(shown(one)).toEqual(shown(other));
  }
});
