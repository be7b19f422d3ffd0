import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A new empty folder, gone when the test file is done. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'rehearsal-certs-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export const dayMs = 86_400_000;
