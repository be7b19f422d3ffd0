import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { StoredReport } from '../model/index.ts';
import { errorCode } from '../base/problems.ts';

/** The bytes of a report as a stream, once its file is open; null when somebody took the file away. */
export async function openContent(report: StoredReport): Promise<Readable | null> {
  try {
    const { storedAt, sizeBytes } = report;
    const file = await open(storedAt.path, 'r');
    if (sizeBytes > 0) return file.createReadStream({ start: storedAt.offset, end: storedAt.offset + sizeBytes - 1 });
    await file.close();
    return Readable.from([]);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The bytes of a report. Rejects when somebody took the file away. */
export async function readContent(report: StoredReport): Promise<Buffer> {
  const stream = await openContent(report);
  if (stream === null) throw new Error(`The bytes of report ${report.id} are gone: somebody took the file away`);
  return buffer(stream);
}
