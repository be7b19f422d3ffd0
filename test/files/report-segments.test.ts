import fs, { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import yazl from 'yazl';
import { realDisk, type Disk } from '../../src/files/disk.ts';
import { readContent } from '../../src/files/report-content.ts';
import { openReports, type ReportOptions, type ReportStore, type ReportWriter } from '../../src/files/reports.ts';
import { StorageRefusal } from '../../src/files/storage-refusal.ts';
import type { StoredReport } from '../../src/model/request.ts';
import { tempFolder } from './temp-folder.ts';

interface Shelf {
  readonly reports: ReportStore;
  /** Names of the files that there are. */
  files(): readonly string[];
  /** Bytes of all of them. */
  diskBytes(): number;
}

/** Removes at once, so that what is on the disk can be looked at after each step. */
const promptDisk: Disk = {
  ...realDisk,
  unlink: ((path: string, done: (error: Error | null) => void) => {
    rmSync(path, { force: true });
    done(null);
  }) as Disk['unlink'],
};

function open(options: Partial<ReportOptions> = {}): Shelf & { readonly folder: string } {
  const path = tempFolder();
  let count = 0;
  const reports = openReports({ path, durable: false }, { ids: () => `r${(count += 1)}`, now: () => 0, disk: promptDisk, ...options });
  const folder = join(path, 'reports');
  const files = (): string[] => readdirSync(folder).sort();
  return { folder, reports, files, diskBytes: () => files().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) };
}

function begin(reports: ReportStore, session = 'default'): ReportWriter {
  return reports.begin({ exchange: 'e1', session, part: 'file', filename: 'a.zip', type: 'application/zip' });
}

function store(reports: ReportStore, bytes: Buffer, session?: string): Promise<StoredReport> {
  const writer = begin(reports, session);
  writer.write(bytes);
  return writer.finish();
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function archive(name: string): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  zip.addBuffer(Buffer.from('content'), name);
  zip.end();
  return buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
}

test('small reports of a run share a file, a larger one has its own, and each is read back as it came', async () => {
  const { reports, files } = open();
  const sent = [randomBytes(10), Buffer.alloc(0), randomBytes(200_000), randomBytes(3_000_000), randomBytes(1)];
  const stored: StoredReport[] = [];
  for (const bytes of sent) stored.push(await store(reports, bytes));
  expect(files()).toEqual(['1.segment', 'r4.bin']);
  expect(stored.map(({ storedAt }) => storedAt.offset)).toEqual([0, 10, 10, 0, 200_010]);
  for (const [index, report] of stored.entries()) expect((await readContent(report)).equals(sent[index]!)).toBe(true);
});

test('uploads that come at the same time, in pieces, do not mix', async () => {
  const { reports, files } = open();
  await fc.assert(fc.asyncProperty(fc.array(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), { minLength: 2, maxLength: 8 }), async (uploads) => {
    const writers = uploads.map(() => begin(reports));
    for (let round = 0; round < 6; round += 1) uploads.forEach((chunks, index) => chunks[round] && writers[index]!.write(Buffer.from(chunks[round]!)));
    const stored = await Promise.all(writers.map((writer) => writer.finish()));
    for (const [index, report] of stored.entries()) {
      const sent = Buffer.concat(uploads[index]!);
      expect([report.sizeBytes, report.sha256]).toEqual([sent.length, sha256(sent)]);
      expect((await readContent(report)).equals(sent)).toBe(true);
    }
  }), { numRuns: 40 });
  expect(files()).toEqual(['1.segment']);
});

test('the entries of an archive between others are its own', async () => {
  const { reports } = open();
  const ids: string[] = [];
  for (const name of ['one.txt', 'two.txt']) {
    await store(reports, randomBytes(1000));
    ids.push((await store(reports, await archive(name))).id);
  }
  await store(reports, randomBytes(1000));
  expect(await reports.entries(ids[0]!)).toEqual({ entries: [{ name: 'one.txt', sizeBytes: 7 }] });
  expect(await reports.entries(ids[1]!)).toEqual({ entries: [{ name: 'two.txt', sizeBytes: 7 }] });
  const empty = await store(reports, Buffer.alloc(0));
  await store(reports, await archive('after.txt'));
  expect(await reports.entries(empty.id)).toEqual({ problem: expect.stringContaining('no zip archive') });
});

test('the file goes with the last report in it, also while more could come; one that is being read is read to its end', async () => {
  const { reports, files } = open();
  const sent = randomBytes(150_000);
  const [first, second] = [await store(reports, sent), await store(reports, sent)];
  await reports.remove(first.id);
  expect(files()).toEqual(['1.segment']);
  const file = await fs.promises.open(second.storedAt.path, 'r');
  await reports.remove(second.id);
  expect(files()).toEqual([]);
  const read = Buffer.alloc(sent.length);
  await file.read(read, 0, read.length, second.storedAt.offset);
  await file.close();
  expect(read.equals(sent)).toBe(true);
  expect((await readContent(await store(reports, sent))).equals(sent)).toBe(true);
  expect(files()).toEqual(['2.segment']);
});

test('the reports of a session go without those of others', async () => {
  const { reports, files } = open();
  const kept: StoredReport[] = [];
  const sent = randomBytes(5000);
  for (let index = 0; index < 5; index += 1) {
    await store(reports, randomBytes(5000), 'gone');
    kept.push(await store(reports, sent, 'kept'));
  }
  await reports.removeSession('gone');
  expect(reports.list().map(({ session }) => session)).toEqual(['kept', 'kept', 'kept', 'kept', 'kept']);
  for (const report of kept) expect((await readContent(report)).equals(sent)).toBe(true);
  await reports.removeSession('kept');
  expect(files()).toEqual([]);
});

test('under a stream of reports the oldest files go in order', async () => {
  const { reports, files, diskBytes } = open({ maxReports: 20, maxTotalBytes: 16 * 100_000 });
  for (let index = 0; index < 200; index += 1) {
    await store(reports, Buffer.alloc(6000, index));
    expect(diskBytes()).toBeLessThanOrEqual(20 * 6000 + 100_000);
  }
  await reports.close();
  expect(files()).toEqual(['12.segment', '13.segment']);
  for (const report of reports.list()) expect(await readContent(report)).toEqual(Buffer.alloc(6000, Number(report.id.slice(1)) - 1));
});

test('what lies dead beside a report that stays counts against the quota: the disk never holds more', async () => {
  const maxTotalBytes = 16 * 100_000;
  const { reports, diskBytes } = open({ maxTotalBytes });
  await fc.assert(fc.asyncProperty(fc.array(fc.record({ size: fc.nat(20_000), remove: fc.nat(3) }), { minLength: 50, maxLength: 200 }), async (steps) => {
    for (const { size, remove } of steps) {
      await store(reports, Buffer.alloc(size));
      const all = reports.list();
      if (remove > 0) await reports.remove(all[(size * remove) % all.length]!.id);
      expect(diskBytes()).toBeLessThanOrEqual(maxTotalBytes);
    }
  }), { numRuns: 10 });
  expect(reports.list().length).toBeGreaterThan(20);
});

test('a disk that fills up in the middle of a report leaves the others as they are, and the next takes its place', async () => {
  let room = 25_000;
  const disk: Disk = {
    ...promptDisk,
    writevSync(descriptor, chunks, position) {
      const whole = Buffer.concat(chunks as readonly Buffer[]);
      if (room === 0 && whole.length > 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      // As the system does: as much as fits, and no more.
      const fits = Math.min(room, whole.length, 7000);
      room -= fits;
      return fs.writevSync(descriptor, [whole.subarray(0, fits)], position);
    },
  };
  const { reports, files } = open({ disk });
  const sent = randomBytes(20_000);
  const first = await store(reports, sent);
  await expect(store(reports, randomBytes(20_000))).rejects.toMatchObject({ name: 'StorageRefusal', reason: 'The upload cannot be stored: the disk is full' });
  expect(reports.list()).toEqual([first]);
  room = 50_000;
  const next = randomBytes(20_000);
  const second = await store(reports, next);
  expect(second.storedAt).toEqual({ path: first.storedAt.path, offset: 20_000 });
  expect([(await readContent(first)).equals(sent), (await readContent(second)).equals(next)]).toEqual([true, true]);
  await reports.remove(first.id);
  room = 0;
  await reports.remove(second.id);
  await expect(store(reports, next)).rejects.toThrow(StorageRefusal);
  expect(files()).toEqual([]);
});

test('a file that somebody swept takes its reports with it and no later ones', async () => {
  const { reports, folder } = open();
  const first = await store(reports, Buffer.from('first'));
  rmSync(first.storedAt.path);
  const second = await store(reports, Buffer.from('second'));
  expect((await readContent(second)).toString()).toBe('second');
  await expect(readContent(first)).rejects.toThrow(/somebody took the file away/);
  rmSync(folder, { recursive: true });
  await expect(store(reports, Buffer.from('lost'))).rejects.toThrow(/the data folder is gone/);
  expect((await readContent(await store(reports, Buffer.from('third')))).toString()).toBe('third');
  await reports.removeSession('default');
  expect(reports.list()).toEqual([]);
});

test('closing lets the open file go', async () => {
  const descriptors: number[] = [];
  const disk: Disk = { ...realDisk, closeSync: (descriptor) => { descriptors.push(descriptor); realDisk.closeSync(descriptor); } };
  const { reports, folder } = open({ disk });
  await store(reports, Buffer.from('x'));
  expect(descriptors).toEqual([]);
  await reports.close();
  expect(descriptors).toHaveLength(1);
  expect(existsSync(join(folder, '1.segment'))).toBe(true);
});
