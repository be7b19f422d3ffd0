import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { StoredReport } from '../model/index.ts';
import { errorCode } from '../base/problems.ts';

/** The bytes of a report as a stream, once its file is open; null when somebody took the file away. */
export async function openContent(report: StoredReport): Promise<Readable | null> {
  try {
    return (await open(report.storedAt, 'r')).createReadStream();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
