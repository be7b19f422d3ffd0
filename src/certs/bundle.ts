import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { writeWhole } from './keep.ts';

/**
 * Writes `bundle.pem`: the public roots and this CA, for the clients whose setting replaces the roots they have. Returns its
 * absolute path. Written only when it would change. Throws EnvironmentProblem.
 */
export async function writeBundle(dir: string, caPem: string): Promise<string> {
  const file = join(dir, 'bundle.pem');
  const text = `${[...rootCertificates, caPem.trim()].join('\n')}\n`;
  const before = await readFile(file, 'utf8').catch(() => null);
  if (before !== text) await writeWhole(dir, 'bundle.pem', text, 0o644);
  return file;
}
