import { describe, expect, test } from 'vitest';
import type { StoredReport } from '../../src/model/index.ts';
import { multipart } from '../support/client.ts';
import { Judging } from './judging.ts';

const small = multipart({ note: 'all clean', password: 'hunter2', meta: '{"id":7,"token":"t"}', file: { filename: 'réport.csv', content: 'a,b\n1,2\n', type: 'text/csv' } });
const large = multipart({ note: 'all clean', file: { filename: 'report.zip', content: Buffer.alloc(70_000, 1), type: 'application/zip' }, after: 'x' });

async function uploaded({ headers, body }: ReturnType<typeof multipart>, reports: readonly Partial<StoredReport>[] = []): Promise<Judging> {
  const judging = await Judging.of([{ method: 'POST', url: '/shop/report', text: body.subarray(0, 65_536), type: headers['Content-Type']!, ...(body.length > 65_536 && { sizeBytes: body.length }) }]);
  judging.reports.push(...reports.map((report, index): StoredReport => ({ id: `r${index}`, exchange: 'e1', session: 'default', part: 'file', filename: 'report.zip', type: 'application/zip', sizeBytes: 70_000, sha256: 'a'.repeat(64), storedAt: { path: '', offset: 0 }, at: '', ...report })));
  judging.zip = async () => ({ entries: [{ name: 'report.csv', sizeBytes: 1 }] });
  return judging;
}

const came = (parts: object) => [{ route: 'POST /shop/report', match: { multipart: parts } as never, count: 1 }];
const unknown = (why: string): readonly unknown[] => [expect.stringContaining(`1 more cannot be judged (${why})`)];

describe('the parts of a recorded upload', () => {
  test('are all known when the body is kept whole', async () => {
    const judging = await uploaded(small);
    expect(await judging.failures(came({ note: 'all clean', meta: { json: { id: 7 } }, file: { filename: 'réport.csv', type: 'text/csv', size: '8 B', sha256: { startsWith: '' }, text: { contains: '1,2' } }, other: { present: false } }))).toEqual([]);
    expect(await judging.failures(came({ note: 'dirty' }))).toEqual([expect.stringContaining('expected exactly once, got none')]);
    expect(await judging.failures([{ match: { form: { note: 'all clean' } }, count: 1 }])).toEqual([]);
  });

  test('are known by their uploads beyond that: name, size, hash and archive', async () => {
    const judging = await uploaded(large, [{}]);
    expect(await judging.failures(came({ note: 'all clean', file: { filename: 'report.zip', size: 70_000 + ' B', sha256: 'a'.repeat(64), zip: { has: 'report.csv' } } }))).toEqual([]);
    expect(await judging.failures(came({ file: { zip: { lacks: 'report.csv' } } }))).toEqual([expect.stringContaining('got none')]);
  });

  test('that were not kept cannot be judged', async () => {
    const judging = await uploaded(large, [{}]);
    expect(await judging.failures(came({ file: { text: 'x' } }))).toEqual(unknown('the journal keeps no content of its part `file` beyond the first 64 KiB of the body'));
    for (const parts of [{ after: 'x' }, { after: { present: false } }]) expect(await judging.failures(came(parts))).toEqual(unknown('its part `after` may stand beyond the first 64 KiB of the body'));
    expect(await judging.failures([{ match: { form: { note: 'all clean' } } }])).toEqual([expect.stringContaining('cannot be judged')]);
    const gone = await uploaded(large);
    expect(await gone.failures(came({ file: { size: '70 kB' } }))).toEqual(unknown('its part `file` may stand beyond the first 64 KiB of the body'));
  });

  test('that were redacted cannot be judged, but for their presence', async () => {
    const judging = await uploaded(small);
    expect(await judging.failures(came({ password: { present: true }, note: { present: true } }))).toEqual([]);
    expect(await judging.failures(came({ password: 'hunter2' }))).toEqual(unknown('of its body `password` is redacted'));
    expect(await judging.failures(came({ meta: { json: { token: 't' } } }))).toEqual(unknown('of its body `token` is redacted'));
  });

  test('of a body that is no form are none', async () => {
    const judging = await Judging.of([{ method: 'POST', url: '/shop/report', json: { a: 1 } }]);
    expect(await judging.ask(came({ note: 'x' }))).toMatchObject({ failures: [{ instead: [{ because: ['body: expected multipart/form-data, got application/json'] }] }] });
  });
});
