import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { describe, expect, it } from 'vitest';
import { sha256OfFile } from '../../src/replies/file-digest.ts';
import { seededBytes } from '../../src/replies/seeded-bytes.ts';
import { buildZip, mistakeInEntryName } from '../../src/replies/zip-archive.ts';
import { answerYaml, compileYaml, factsOf, fixtureOnDisk } from './compile-for-test.ts';

async function entriesOf(bytes: Buffer): Promise<Record<string, string>> {
  const zip = await (promisify(fromBuffer) as unknown as (bytes: Buffer, options: object) => Promise<ZipFile>)(bytes, { lazyEntries: true });
  const entries: Record<string, string> = {};
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(error);
      const blocks: Buffer[] = [];
      stream.on('data', (block) => blocks.push(block)).on('end', () => {
        entries[entry.fileName] = Buffer.concat(blocks).toString();
        zip.readEntry();
      });
    }));
    zip.on('end', () => resolve(entries)).on('error', reject);
    zip.readEntry();
  });
}

async function zipOf(yaml: string, url = '/', fixtures: Record<string, string> = {}): Promise<Buffer> {
  const { body } = await answerYaml(yaml, factsOf(url), { fixtures });
  if (body.kind !== 'bytes') throw new Error(body.kind);
  return body.bytes;
}

describe('archives', () => {
  it('hold text, fixtures and bytes under their paths', async () => {
    const bytes = await zipOf("zip: { a/readme.txt: 'Hello ${{ query.n }}', data.csv: { file: d.csv }, ü.bin: { base64: aGk= } }", '/?n=Bo', { 'd.csv': 'x;y' });
    expect(await entriesOf(bytes)).toEqual({ 'a/readme.txt': 'Hello Bo', 'data.csv': 'x;y', 'ü.bin': 'hi' });
  });

  it('are made of a whole folder of fixtures', async () => {
    expect(await entriesOf(await zipOf('zip: bundle', '/', { 'a.txt': '1', 'b/c.txt': '2' }))).toEqual({ 'a.txt': '1', 'b/c.txt': '2' });
  });

  it('are the same bytes for the same input, in every time zone', async () => {
    const entries = new Map([['a.txt', Buffer.from('one')], ['b.txt', Buffer.from('two'.repeat(1000))]]);
    const here = await buildZip(entries);
    expect((await buildZip(entries)).equals(here)).toBe(true);
    expect(createHash('sha256').update(here).digest('hex')).toBe('370cc2553c31fb3dccffffd4ea6897895c1f0444f95178e65efab547ad75aacc');
  });

  it.each(['../a', 'a/../b', '/a', 'a\\b', 'C:/a', 'a//b', 'a/', './a', '', 'a\nb', 'x'.repeat(1025)])('refuse the name %j', (name) => {
    expect(mistakeInEntryName(name)).toMatchObject({ code: 'bad-entry-name' });
  });

  it('hold whatever bytes they are given', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (content) => {
      const zip = await buildZip(new Map([['x', Buffer.from(content)]]));
      expect(await entriesOf(zip)).toEqual({ x: Buffer.from(content).toString() });
    }), { numRuns: 20 });
  });
});

describe('seeded bytes', () => {
  it('are the same for the same label and others for another', () => {
    const first = (label: string): string => Buffer.from([...seededBytes(label).read(0, 100)][0]!).toString('hex');
    expect(first('a')).toBe(first('a'));
    expect(first('a')).not.toBe(first('b'));
  });

  it('of a reply depend on the server\'s seed and not on the call, and so does their ETag', async () => {
    const { reply } = await compileYaml('bytes: 1 kB');
    const made = async (options: { readonly seed: number; readonly call: number }): Promise<{ readonly first: string; readonly etag: string }> => {
      const { body } = await reply!.render(factsOf('/', options));
      if (body.kind !== 'made') throw new Error(body.kind);
      return { first: Buffer.from([...body.read(0, 100)][0]!).toString('hex'), etag: body.representation!.etag! };
    };
    const [one, later, other] = [await made({ seed: 1, call: 1 }), await made({ seed: 1, call: 2 }), await made({ seed: 2, call: 1 })];
    expect(later).toEqual(one);
    expect([other.first === one.first, other.etag === one.etag]).toEqual([false, false]);
  });

  it('read from anywhere are what stands there', () => {
    const { read } = seededBytes('x');
    const bytesAt = (from: number, to: number): Buffer => {
      const copies: Buffer[] = [];
      for (const block of read(from, to)) copies.push(Buffer.from(block));
      return Buffer.concat(copies);
    };
    const all = bytesAt(0, 2_200_000);
    fc.assert(fc.property(fc.nat(2_200_000), fc.nat(150_000), (from, length) => {
      const to = Math.min(all.length, from + length);
      expect(bytesAt(from, to).equals(all.subarray(from, to))).toBe(true);
    }), { numRuns: 50 });
    expect(bytesAt(2 ** 40 - 10, 2 ** 40).length).toBe(10);
  });

  it('have no two blocks of 64 KiB alike', () => {
    const hashes = new Set<string>();
    for (const tile of seededBytes('x').read(0, 8 * 1024 * 1024)) {
      for (let at = 0; at < tile.length; at += 65_536) hashes.add(createHash('sha1').update(tile.subarray(at, at + 65_536)).digest('hex'));
    }
    expect(hashes.size).toBe(128);
  });

  it('are hashed without being kept', async () => {
    const hash = createHash('sha256');
    for (const block of seededBytes('x').read(0, 1_500_000)) hash.update(block);
    expect((await seededBytes('x').sha256(1_500_000)).equals(hash.digest())).toBe(true);
  });
});

describe('files on disk', () => {
  it('have their digest worked out block by block', async () => {
    const bytes = Buffer.alloc(2_500_000, 'abc');
    const { fixture, remove } = fixtureOnDisk('big.bin', bytes);
    try {
      expect((await sha256OfFile(fixture.path)).toString('hex')).toBe(fixture.sha256());
      const { file } = await import('../../src/replies/file.ts');
      const { TestCompiler } = await import('../support/compiler.ts');
      const compiler = Object.assign(new TestCompiler(), { fixture: () => fixture });
      const made = await file.compile('big.bin', compiler, {}).render(factsOf());
      expect(made).toMatchObject({ type: 'application/octet-stream', body: { kind: 'file', sizeBytes: 2_500_000, modifiedMs: fixture.modifiedMs } });
      const { representation } = made.body as { representation: { etag: string; sha256: () => Promise<Buffer> } };
      expect(representation.etag).toMatch(/^"[\w-]+"$/);
      expect((await representation.sha256()).toString('hex')).toBe(fixture.sha256());
    } finally {
      remove();
    }
  });

  it('unpack with a plain unzip, where there is one', async () => {
    if (spawnSync('python3', ['--version']).status !== 0) return;
    const zip = await zipOf('zip: { a/b.txt: hello }');
    const script = 'import sys,zipfile,io; z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); assert z.testzip() is None; print(z.read("a/b.txt").decode())';
    expect(execFileSync('python3', ['-c', script], { input: zip, encoding: 'utf8' }).trim()).toBe('hello');
  });
});
