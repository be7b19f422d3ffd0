import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenTestsEnd } from './cleanup.ts';
import { startRehearsal, type Rehearsal, type RehearsalOptions } from '../../src/index.ts';

/** A folder that goes when the test file ends. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `rehearsal-${name}-`));
  whenTestsEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let sharedCerts: string | undefined;

/** Starts a server that closes when the test file ends. Certificates are made once per test file. */
export async function rehearse(options: RehearsalOptions = {}): Promise<Rehearsal> {
  sharedCerts ??= temporaryFolder('certs');
  const server = await startRehearsal({ certs: sharedCerts, ...options });
  whenTestsEnd(() => server.close());
  return server;
}
