import { createHash } from 'node:crypto';
import fs, { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import yazl from 'yazl';
import { realDisk, type Disk } from '../../src/files/disk.ts';
import { readContent } from '../../src/files/report-content.ts';
import { openReports, type ReportOptions, type ReportStore } from '../../src/files/reports.ts';
import { StorageRefusal } from '../../src/files/storage-refusal.ts';
import type { StoredReport } from '../../src/model/request.ts';
import { tempFolder } from './temp-folder.ts';

function open(path: string, durable: boolean, options: Partial<ReportOptions> = {}): ReportStore {
  let count = 0;
  return openReports({ path, durable }, { ids: () => `r${(count += 1)}`, now: () => Date.UTC(2026, 10, 1) + count, ...options });
}

async function store(reports: ReportStore, bytes: Buffer | string, about: { session?: string; filename?: string; type?: string } = {}): Promise<StoredReport> {
  const writer = reports.begin({ exchange: 'e1', session: about.session ?? 'default', part: 'file', filename: about.filename ?? 'a.bin', type: about.type ?? 'application/octet-stream' });
  const all = Buffer.from(bytes);
  for (let at = 0; at < all.length; at += 100_000) {
    if (!writer.write(all.subarray(at, at + 100_000))) await new Promise<void>((done) => writer.onceDrained(done));
  }
  return writer.finish();
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

test.each([[false, 0], [false, 10], [false, 3_000_000], [true, 0], [true, 10], [true, 3_000_000]])('durable %s: %i bytes are stored with size, hash and time', async (durable, size) => {
  const folder = tempFolder();
  const reports = open(folder, durable);
  const bytes = Buffer.alloc(size, 'abcdefg');
  const report = await store(reports, bytes, { filename: 'Bericht ü.zip' });
  expect(report).toMatchObject({ id: 'r1', exchange: 'e1', session: 'default', part: 'file', filename: 'Bericht ü.zip', sizeBytes: size, sha256: sha256(bytes), at: '2026-11-01T00:00:00.001Z' });
  expect((await readContent(report)).equals(bytes)).toBe(true);
  expect(readdirSync(join(folder, 'reports')).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('reports of a durable folder are there again at the next start, newest first', async () => {
  const folder = tempFolder();
  const first = open(folder, true);
  const stored = [await store(first, 'one'), await store(first, 'two', { session: 's' })];
  await first.close();
  const second = open(folder, true);
  expect(second.list()).toEqual(stored.toReversed());
  expect(second.list({ session: 's' })).toEqual([stored[1]]);
  expect((await store(second, 'three')).id).toBe('r3');
});

test('what a killed process left behind is swept at start, files of other names are left alone', async () => {
  const folder = tempFolder();
  const first = open(folder, true);
  await store(first, 'kept');
  const dir = join(folder, 'reports');
  const metadata = JSON.parse(readFileSync(join(dir, 'r1.json'), 'utf8')) as object;
  writeFileSync(join(dir, 'a.bin.part'), 'half');
  writeFileSync(join(dir, 'b.bin'), 'content without metadata');
  writeFileSync(join(dir, 'c.bin'), 'content');
  writeFileSync(join(dir, 'c.json.part'), '{"id"');
  writeFileSync(join(dir, 'd.json'), JSON.stringify({ ...metadata, id: 'd' }));
  writeFileSync(join(dir, 'e.bin'), 'of another size');
  writeFileSync(join(dir, 'e.json'), JSON.stringify({ ...metadata, id: 'e' }));
  writeFileSync(join(dir, 'f.bin'), 'kept');
  writeFileSync(join(dir, 'f.json'), JSON.stringify({ ...metadata, id: '../f' }));
  writeFileSync(join(dir, 'notes.txt'), 'mine');
  expect(open(folder, true).list().map(({ id }) => id)).toEqual(['r1']);
  expect(readdirSync(dir).sort()).toEqual(['notes.txt', 'r1.bin', 'r1.json']);
});

test('a report is found by id and by SHA-256, the newest first, a session sees its own only', async () => {
  const reports = open(tempFolder(), false);
  await store(reports, 'same', { session: 'a' });
  await store(reports, 'same', { session: 'b' });
  expect(reports.find(sha256('same'))?.id).toBe('r2');
  expect(reports.find(sha256('same').toUpperCase(), 'a')?.id).toBe('r1');
  expect(reports.find('r1', 'b')).toBeNull();
  expect(reports.find('nothing')).toBeNull();
  await reports.removeSession('a');
  expect(reports.list().map(({ id }) => id)).toEqual(['r2']);
  expect(reports.get('r1')).toBeNull();
});

test('an aborted report leaves nothing, whatever it had written', async () => {
  const folder = tempFolder();
  for (const durable of [false, true]) {
    const reports = open(folder, durable);
    for (const size of [0, 10, 2_000_000]) {
      const writer = reports.begin({ exchange: 'e', session: 's', part: null, filename: null, type: 'x/y' });
      writer.write(Buffer.alloc(size));
      await writer.abort();
      await writer.abort();
    }
    expect(readdirSync(join(folder, 'reports'))).toEqual([]);
    expect(reports.list()).toEqual([]);
  }
});

test('closing breaks off uploads under way', async () => {
  const folder = tempFolder();
  const reports = open(folder, true);
  const writer = reports.begin({ exchange: 'e', session: 's', part: null, filename: null, type: 'x/y' });
  writer.write(Buffer.alloc(500_000));
  await reports.close();
  expect(readdirSync(join(folder, 'reports'))).toEqual([]);
  expect(() => reports.begin({ exchange: 'e', session: 's', part: null, filename: null, type: 'x/y' })).toThrow(StorageRefusal);
});

test('over quota the oldest go when nothing has to outlive the run', async () => {
  const folder = tempFolder();
  const evicted: string[] = [];
  const reports = open(folder, false, { maxTotalBytes: 250, onEvict: ({ id }) => evicted.push(id) });
  for (let index = 0; index < 4; index += 1) await store(reports, Buffer.alloc(100));
  expect(evicted).toEqual(['r1', 'r2']);
  await expect(store(reports, Buffer.alloc(251))).rejects.toThrow(/quota of 250 B/);
  await store(reports, Buffer.alloc(250));
  await reports.close();
  expect(readdirSync(join(folder, 'reports'))).toEqual(['r6.bin']);
});

test('over quota a durable folder refuses, keeps what it has, and takes more when there is room', async () => {
  const folder = tempFolder();
  const reports = open(folder, true, { maxTotalBytes: 250 });
  await store(reports, Buffer.alloc(200), { session: 'old' });
  await expect(store(reports, Buffer.alloc(100))).rejects.toThrow(StorageRefusal);
  expect(readdirSync(join(folder, 'reports')).sort()).toEqual(['r1.bin', 'r1.json']);
  await reports.removeSession('old');
  await store(reports, Buffer.alloc(100));
});

test('the number of reports has a bound', async () => {
  const reports = open(tempFolder(), false, { maxReports: 3 });
  for (let index = 0; index < 5; index += 1) await store(reports, 'x');
  expect(reports.list().map(({ id }) => id)).toEqual(['r5', 'r4', 'r3']);
  const durable = open(tempFolder(), true, { maxReports: 1 });
  await store(durable, 'x');
  await expect(store(durable, 'x')).rejects.toThrow(StorageRefusal);
});

/** A disk with room for so many bytes; `fill` and `free` change that. */
function smallDisk(room: { bytes: number }): Disk {
  const full = (): Error => Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  const take = (chunks: readonly NodeJS.ArrayBufferView[]): NodeJS.ArrayBufferView[] => {
    const size = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const fits = Math.min(room.bytes, size);
    if (fits === 0 && size > 0) throw full();
    room.bytes -= fits;
    return [Buffer.concat(chunks as Buffer[]).subarray(0, fits)];
  };
  const writev = (descriptor: number, chunks: readonly NodeJS.ArrayBufferView[], done: (error: Error | null, written: number) => void): void => {
    try {
      fs.writev(descriptor, take(chunks), done as never);
    } catch (error) {
      setImmediate(done, error as Error, 0);
    }
  };
  return { ...realDisk, writev: writev as unknown as Disk['writev'], writevSync: (descriptor, chunks, position) => fs.writevSync(descriptor, take(chunks), position) };
}

test.each([[false, 1000], [false, 1_000_000], [true, 1000], [true, 1_000_000]])('durable %s: a disk that fills up during %i bytes leaves nothing half, and is well when there is room', async (durable, size) => {
  const folder = tempFolder();
  const room = { bytes: size - 1 };
  const reports = open(folder, durable, { disk: smallDisk(room) });
  await expect(store(reports, Buffer.alloc(size))).rejects.toMatchObject({ name: 'StorageRefusal', reason: expect.stringContaining('the disk is full') });
  expect(readdirSync(join(folder, 'reports'))).toEqual([]);
  expect(reports.list()).toEqual([]);
  room.bytes = 10 * size;
  expect(await store(reports, Buffer.alloc(size))).toMatchObject({ sizeBytes: size });
});

test('metadata that does not fit on the disk takes the content with it', async () => {
  const folder = tempFolder();
  const reports = open(folder, true, { disk: smallDisk({ bytes: 1050 }) });
  await expect(store(reports, Buffer.alloc(1000))).rejects.toThrow(StorageRefusal);
  expect(readdirSync(join(folder, 'reports'))).toEqual([]);
});

test('a temporary folder that somebody swept costs one upload', async () => {
  const folder = tempFolder();
  const reports = open(folder, false);
  rmSync(join(folder, 'reports'), { recursive: true });
  await expect(store(reports, 'x')).rejects.toThrow(/the data folder is gone/);
  expect((await store(reports, 'x')).sizeBytes).toBe(1);
});

test('a name from a client never becomes a path', async () => {
  const folder = tempFolder();
  const reports = open(folder, true);
  const names = ['../../x', '/etc/passwd', 'a\r\nb"c', 'nul\0.zip', 'ü'.repeat(1000), 'C:\\x', '.'];
  for (const filename of names) expect((await store(reports, 'x', { filename })).filename).toBe(filename);
  expect(readdirSync(folder)).toEqual(['reports']);
  await reports.close();
  expect(open(folder, true).list().map(({ filename }) => filename)).toEqual(names.toReversed());
});

test('ids that are no file names are refused', () => {
  const folder = tempFolder();
  expect(() => open(folder, false, { ids: () => '../x' }).begin({ exchange: 'e', session: 's', part: null, filename: null, type: 'x/y' })).toThrow(/id of a report/);
});

async function archive(entries: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, text] of Object.entries(entries)) zip.addBuffer(Buffer.from(text), name, { mtime: new Date(0), compress: name !== 'stored' });
  zip.end();
  return buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
}

test('the entries of an archive are read by name and size', async () => {
  const reports = open(tempFolder(), false);
  const { id } = await store(reports, await archive({ 'a.txt': 'hello', 'ü/b.txt': '' }));
  const listing = { entries: [{ name: 'a.txt', sizeBytes: 5 }, { name: 'ü/b.txt', sizeBytes: 0 }] };
  expect(await reports.entries(id)).toEqual(listing);
  expect(await reports.entries(id)).toEqual(listing);
});

test('an archive over 4 MiB is read from the disk, entry by entry', async () => {
  const reports = open(tempFolder(), false);
  const { id } = await store(reports, await archive({ stored: 'x'.repeat(5_000_000), 'b.txt': 'b' }));
  expect(await reports.entries(id)).toEqual({ entries: [{ name: 'stored', sizeBytes: 5_000_000 }, { name: 'b.txt', sizeBytes: 1 }] });
});

test('names in an archive are data: `../` and backslashes come through', async () => {
  const reports = open(tempFolder(), false);
  const bytes = await archive({ 'aaaaaaaa.txt': 'x', 'cccccccc.txt': 'y' });
  const hostile = Buffer.from(bytes.toString('latin1').replaceAll('aaaaaaaa.txt', '../../up.txt').replaceAll('cccccccc.txt', '\\\\host\\x.txt'), 'latin1');
  const { id } = await store(reports, hostile);
  expect(await reports.entries(id)).toEqual({ entries: [{ name: '../../up.txt', sizeBytes: 1 }, { name: '\\\\host\\x.txt', sizeBytes: 1 }] });
});

test('a broken archive has a problem, something else has none', async () => {
  const reports = open(tempFolder(), false);
  const whole = await archive({ 'a.txt': 'hello' });
  const cut = await store(reports, whole.subarray(0, 60));
  const text = await store(reports, 'hello', { filename: 'notes.txt', type: 'text/plain' });
  const claimed = await store(reports, 'hello', { filename: 'report.zip' });
  expect(await reports.entries(cut.id)).toEqual({ problem: expect.any(String) });
  expect(await reports.entries(text.id)).toBeNull();
  expect(await reports.entries(claimed.id)).toEqual({ problem: expect.stringContaining('no zip archive') });
  expect(await reports.entries('nothing')).toBeNull();
});

test('an archive of too many entries has a problem', async () => {
  const reports = open(tempFolder(), false);
  const zip = new yazl.ZipFile();
  for (let index = 0; index < 10_001; index += 1) zip.addBuffer(Buffer.alloc(0), `f${index}`, { compress: false });
  zip.end();
  const { id } = await store(reports, await buffer(zip.outputStream as unknown as NodeJS.ReadableStream));
  expect(await reports.entries(id)).toEqual({ problem: 'it has more than 10000 entries' });
});

test('a folder that is a file is refused at start', () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'reports'), '');
  expect(() => open(folder, true)).toThrow(StorageRefusal);
});
