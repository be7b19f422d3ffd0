import { open } from 'node:fs/promises';
import { printable } from '../base/show.ts';
import type { StoredReport, ZipEntry } from '../model/request.ts';

export type ZipListing = { readonly entries: readonly ZipEntry[] } | { readonly problem: string };

const maxEntries = 10_000;
const maxNameBytes = 4 * 1024 * 1024;
/** Archives up to this size are read at once rather than by thousands of small reads. (Those that share a file with others are smaller.) */
const maxWholeBytes = 4 * 1024 * 1024;

/** Whether bytes begin as a zip archive does: with an entry, or (an empty one) with its end. */
export function beginsLikeZip(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));
}

/**
 * The entries of a zip archive by its directory; nothing is extracted. Names come as they stand in the archive, `../` and
 * all: data, never paths. Null when the file does not begin like an archive and is not `claimed` to be one.
 */
export async function readZipEntries({ storedAt, sizeBytes }: Pick<StoredReport, 'storedAt' | 'sizeBytes'>, claimed: boolean): Promise<ZipListing | null> {
  let bytes: Buffer | null = null;
  try {
    const file = await open(storedAt.path, 'r');
    try {
      const head = Buffer.alloc(4);
      const { bytesRead } = await file.read(head, 0, Math.min(4, sizeBytes), storedAt.offset);
      if (!beginsLikeZip(head.subarray(0, bytesRead))) return claimed ? { problem: 'it is no zip archive: it does not begin with an entry' } : null;
      if (sizeBytes <= maxWholeBytes) {
        bytes = Buffer.alloc(sizeBytes);
        await file.read(bytes, 0, sizeBytes, storedAt.offset);
      }
    } finally {
      await file.close();
    }
    return { entries: await list(storedAt.path, bytes) };
  } catch (error) {
    return { problem: printable((error as Error).message).slice(0, 200) };
  }
}

async function list(path: string, bytes: Buffer | null): Promise<readonly ZipEntry[]> {
  const { default: yauzl } = await import('yauzl');
  const options = { lazyEntries: true, autoClose: true, decodeStrings: false };
  const zip = await (bytes ? yauzl.fromBufferPromise(bytes, options) : yauzl.openPromise(path, options));
  return new Promise((done, fail) => {
    const entries: ZipEntry[] = [];
    let nameBytes = 0;
    const stop = (reason: string): void => {
      zip.close();
      fail(new Error(reason));
    };
    zip.on('error', fail);
    zip.on('end', () => done(entries));
    zip.on('entry', (entry) => {
      nameBytes += entry.fileNameRaw.length;
      if (entries.length >= maxEntries) return stop(`it has more than ${maxEntries} entries`);
      if (nameBytes > maxNameBytes) return stop('the names of its entries are too long');
      entries.push({ name: yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true), sizeBytes: entry.uncompressedSize });
      zip.readEntry();
    });
    if (zip.entryCount > maxEntries) return stop(`it has more than ${maxEntries} entries`);
    zip.readEntry();
  });
}
