import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { writeWhole } from './keep.ts';

const mostBytes = 8 * 1024 * 1024;

/**
 * Writes `bundle.pem`: the public roots and this CA, for the clients whose setting replaces the roots they have. Returns its
 * absolute path. Written only when it would change. Throws EnvironmentProblem.
 */
export async function writeBundle(dir: string, caPem: string): Promise<string> {
  const file = join(dir, 'bundle.pem');
  const text = pemText([...rootCertificates, caPem]);
  const before = await readFile(file, 'utf8').catch(() => null);
  if (before !== text) await writeWhole(dir, 'bundle.pem', text, 0o644);
  return file;
}

/** One file of several certificates. */
export function pemText(certificates: readonly string[]): string {
  return `${certificates.map((pem) => pem.trim()).join('\n')}\n`;
}

/** The certificates in a PEM file that someone named for a client to trust: those that can be read, none when there is no such file. */
export async function certificatesIn(file: string): Promise<readonly string[]> {
  try {
    const found = await stat(file);
    if (!found.isFile() || found.size > mostBytes) return [];
    const blocks = (await readFile(file, 'latin1')).match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
    return blocks.flatMap((pem) => {
      const read = readable(pem);
      return read === null ? [] : [read];
    });
  } catch {
    return [];
  }
}

/** As OpenSSL writes it, so that equal certificates are equal texts. */
function readable(pem: string): string | null {
  try {
    return new X509Certificate(pem).toString().trim();
  } catch {
    return null;
  }
}
