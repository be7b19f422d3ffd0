import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { StoredReport } from '../model/request.ts';

/** Names of a report's files, from its id alone: no name from a request reaches the disk. */
export const reportFiles = {
  content: (folder: string, id: string) => `${folder}${sep}${id}.bin`,
  contentPart: (folder: string, id: string) => `${folder}${sep}${id}.bin.part`,
  metadata: (folder: string, id: string) => `${folder}${sep}${id}.json`,
  metadataPart: (folder: string, id: string) => `${folder}${sep}${id}.json.part`,
};

/** Ids that make file names on every system. */
export function isReportId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(id);
}

export function writeMetadata(report: StoredReport): Buffer {
  const { storedAt: _, ...kept } = report;
  return Buffer.from(JSON.stringify(kept));
}

/**
 * The whole reports in a folder, oldest first. What a process that was killed left behind is swept: files still being
 * written, contents without their metadata, metadata without their content or with one of another size. Files of other
 * names are not touched.
 */
export function readReports(folder: string, maxReports: number): readonly StoredReport[] {
  const reports: StoredReport[] = [];
  const whole = new Set<string>();
  const names = readdirSync(folder);
  for (const name of names) {
    const id = /^([A-Za-z0-9_-]{1,64})\.json$/.exec(name)?.[1];
    if (id === undefined || reports.length >= maxReports) continue;
    const report = readReport(folder, id);
    if (!report) continue;
    reports.push(report);
    whole.add(id);
  }
  const tooMany = reports.length >= maxReports;
  for (const name of names) {
    const found = /^([A-Za-z0-9_-]{1,64})\.(?:bin|json)(\.part)?$/.exec(name);
    if (found && (found[2] !== undefined || (!whole.has(found[1]!) && !tooMany))) rmSync(join(folder, name), { force: true });
  }
  return reports.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
}

function readReport(folder: string, id: string): StoredReport | null {
  try {
    const storedAt = { path: reportFiles.content(folder, id), offset: 0 };
    const path = reportFiles.metadata(folder, id);
    if (statSync(path).size > 64 * 1024) return null;
    const kept: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isMetadata(kept) && kept.id === id && statSync(storedAt.path).size === kept.sizeBytes ? { ...kept, storedAt } : null;
  } catch {
    return null;
  }
}

function isMetadata(value: unknown): value is Omit<StoredReport, 'storedAt'> {
  if (typeof value !== 'object' || value === null) return false;
  const { id, exchange, session, part, filename, type, sizeBytes, sha256, at } = value as Record<string, unknown>;
  return [id, exchange, session, type, at].every((text) => typeof text === 'string')
    && [part, filename].every((text) => text === null || typeof text === 'string')
    && Number.isSafeInteger(sizeBytes) && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
}
