import { X509Certificate } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EnvironmentProblem, UsageProblem } from '../base/problems.ts';
import { show } from '../base/show.ts';
import { caName, ends, keyFitsCa } from './assess.ts';
import { openCertificates } from './certificates.ts';
import { backdateMs, organisation, signLeaf, type LeafContent } from './issue.ts';
import { cannotWrite, makeCertsFolder, readPair, writeWhole } from './keep.ts';
import { underLock } from './lock.ts';

/** A client certificate as it has been written. */
export interface ClientCertificateFiles {
  /** Absolute. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly certificate: X509Certificate;
  readonly caFile: string;
  /** Whether one of the same name was there before: it stays good until it ends, but its files are gone. */
  readonly replaced: boolean;
  /** Whether it ends sooner than asked for, because the CA does. */
  readonly endsWithCa: boolean;
  readonly notices: readonly string[];
}

export interface ClientCertificateOptions {
  /** The folder of `--certs`. */
  readonly dir: string;
  /** The common name, and the name of the files. */
  readonly name: string;
  /** From now. */
  readonly lifeMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const folderName = 'clients';

/**
 * Makes a certificate and a key by which a client shows who it is, in `clients/` under the folder of the CA, which is made when there is
 * none. Throws UsageProblem for a name that cannot be one, and EnvironmentProblem.
 */
export async function makeClientCertificate({ dir, name, lifeMs, now }: ClientCertificateOptions): Promise<ClientCertificateFiles> {
  checkName(name);
  const certificates = await openCertificates({ dir, sans: [], selfSigned: false, now });
  const folder = join(resolve(dir), folderName);
  makeCertsFolder(folder);
  return underLock(resolve(dir), async () => {
    const { cert, key } = readPair(resolve(dir), caName);
    if (cert === null || !keyFitsCa(dir, cert, key)) {
      throw new EnvironmentProblem(`The key of the CA in ${dir} is gone, so it can sign nothing more`, `Delete ${certificates.caFile} and start again: a new CA is made, which clients must trust.`);
    }
    const issued = await signLeaf({ cert, key }, { subject: [{ O: [organisation] }, { CN: [name] }], names: permittedName(name), usage: 'clientAuth', lifeMs: backdateMs + lifeMs }, now());
    const before = await present(folder, name);
    await writeWhole(folder, `${name}.key`, issued.key, 0o600);
    await writeWhole(folder, `${name}.crt`, issued.cert, 0o644);
    const certificate = new X509Certificate(issued.cert);
    return {
      certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`), certificate,
      caFile: certificates.caFile,
      replaced: before,
      endsWithCa: ends(certificate) === ends(new X509Certificate(cert)),
      notices: certificates.notices,
    };
  });
}

/** A name is part of a path here, so it must not be able to lead anywhere; nor may it be a device of Windows. */
function checkName(name: string): void {
  const wellFormed = /^[A-Za-z0-9_@](?:[A-Za-z0-9._@ -]{0,62}[A-Za-z0-9_@-])?$/.test(name);
  if (wellFormed && !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name)) return;
  throw new UsageProblem(`${show(name)} cannot be the name of a client`, 'Give 1 to 64 letters, digits and `. _ @ -` or spaces, beginning with a letter or digit and not ending with a dot or space.');
}

/**
 * OpenSSL takes a common name that looks like a host name for one where a certificate names no host, and then the CA could not vouch
 * for it. So such a certificate names a host that the CA is for.
 */
function permittedName(name: string): LeafContent['names'] {
  return /^[A-Za-z0-9_.-]+$/.test(name) && name.includes('.') ? [{ kind: 'dns', value: `${name.toLowerCase().replace(/[^a-z0-9.-]/g, '-')}.localhost` }] : [];
}

async function present(folder: string, name: string): Promise<boolean> {
  try {
    return (await readdir(folder)).includes(`${name}.crt`);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}
