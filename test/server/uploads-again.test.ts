import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask, multipart } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.each([['in the temporary folder', false], ['with --data', true]])('uploads %s', (_where, durable) => {
  let server: Rehearsal;
  const sent = [70, 90_000, 400_000, 0, 30_000].map((size) => randomBytes(size));
  const exchanges: string[] = [];

  beforeAll(async () => {
    server = await rehearse({
      ...(durable && { data: temporaryFolder('data') }),
      scenarios: { scenario: 'files', routes: { 'POST /files': { respond: { status: 201 } }, 'GET /files': { respond: { upload: '${{ query.id }}' } } } },
    });
    for (const content of sent) {
      const answer = await ask(server, '/files', multipart({ note: 'n', file: { filename: 'a.bin', type: 'application/x-thing', content } }));
      expect(answer.status).toBe(201);
      exchanges.push(String(answer.headers['rehearsal-exchange']));
    }
  });

  it('are given back byte for byte, each with its own type, length and ETag', async () => {
    for (const content of sent) {
      const answer = await ask(server, `/files?id=${sha256(content)}`);
      expect(answer.bytes.equals(content)).toBe(true);
      expect(answer.headers).toMatchObject({ 'content-type': 'application/x-thing', 'content-length': String(content.length), etag: `"${sha256(content)}"` });
    }
  });

  it('are given back in ranges that never reach into what lies beside them', async () => {
    for (const content of sent.filter(({ length }) => length > 0)) {
      const path = `/files?id=${sha256(content)}`;
      for (const [range, from, to] of [['0-9', 0, 10], ['50-', 50, content.length], ['-20', content.length - 20, content.length], ['60-999999', 60, content.length]] as const) {
        const answer = await ask(server, path, { headers: { Range: `bytes=${range}` } });
        expect([answer.status, answer.bytes.equals(content.subarray(from, to)), answer.headers['content-range']]).toEqual([206, true, `bytes ${from}-${to - 1}/${content.length}`]);
      }
      expect((await ask(server, path, { headers: { Range: `bytes=${content.length}-` } })).status).toBe(416);
      const several = await ask(server, path, { headers: { Range: 'bytes=1-3,60-69' } });
      expect([several.status, several.bytes.includes(content.subarray(1, 4)), several.bytes.includes(content.subarray(60, 70))]).toEqual([206, true, true]);
    }
  });

  it('are read back by the library and the admin API', async () => {
    const reports = await server.reports();
    expect(reports.map(({ sizeBytes }) => sizeBytes)).toEqual(sent.map(({ length }) => length));
    for (const [index, report] of reports.entries()) {
      expect((await report.read()).equals(sent[index]!)).toBe(true);
      const content = await ask(server, `/_rehearsal/reports/${report.id}/content`);
      expect([content.status, content.bytes.equals(sent[index]!)]).toEqual([200, true]);
    }
  });

  it('are in the journal with the size and hash of all, and their beginning', async () => {
    for (const [index, content] of sent.entries()) {
      const { body } = multipart({ note: 'n', file: { filename: 'a.bin', type: 'application/x-thing', content } });
      const recorded = (await server.exchange(exchanges[index]!))!.request.body;
      const shown = recorded.base64 === null ? Buffer.from(recorded.text!) : Buffer.from(recorded.base64, 'base64');
      expect([recorded.sizeBytes, recorded.sha256, shown.equals(body.subarray(0, 65_536))]).toEqual([body.length, sha256(body), true]);
    }
  });
});
