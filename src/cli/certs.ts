import { UsageProblem } from '../base/problems.ts';
import { show } from '../base/show.ts';
import { makeClientCertificate } from '../certs/client-certificate.ts';
import { posixShell, powerShell } from '../certs/shell.ts';
import type { Io } from './io.ts';

export interface ClientCertificateCommand {
  readonly name: string;
  readonly days: number;
  /** The folder of `--certs`. */
  readonly certs: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const dayMs = 86_400_000;

/** `--days`. Throws UsageProblem. */
export function readDays(written: string | undefined): number {
  if (written === undefined) return 365;
  const days = Number(written);
  if (/^\d{1,5}$/.test(written) && days >= 1 && days <= 3650) return days;
  throw new UsageProblem(`--days: expected a whole number from 1 to 3650, got ${show(written)}`, 'See `rehearsal certs client --help`');
}

/** `rehearsal certs client NAME`: makes a client certificate and says how it is used. Throws UsageProblem and EnvironmentProblem. */
export async function clientCertificateCommand({ name, days, certs, now }: ClientCertificateCommand, io: Pick<Io, 'stdout' | 'stderr' | 'platform'>): Promise<0> {
  const made = await makeClientCertificate({ dir: certs, name, lifeMs: days * dayMs, now });
  for (const notice of made.notices) io.stderr(`${notice}\n`);
  if (made.replaced) io.stderr(`There was a certificate for ${show(name)}: a new one has taken its place. The old one stays good until it ends.\n`);
  const { quote } = io.platform === 'win32' ? powerShell : posixShell;
  const { certificate } = made;
  const lines = [
    `A client certificate for ${show(name)}`,
    `  certificate  ${made.certFile}`,
    `  key          ${made.keyFile}`,
    `  SHA-256      ${certificate.fingerprint256}`,
    `  valid until  ${new Date(certificate.validTo).toISOString().slice(0, 10)}${made.endsWithCa ? ' (when the CA ends that signed it; make a new one after the CA has been renewed)' : ''}`,
    '',
    'With curl:',
    `  curl --cacert ${quote(made.caFile)} --cert ${quote(made.certFile)} --key ${quote(made.keyFile)} https://localhost:5000/`,
    'As PKCS#12, for browsers and Java:',
    `  openssl pkcs12 -export -in ${quote(made.certFile)} -inkey ${quote(made.keyFile)} -out ${quote(made.certFile.replace(/\.crt$/, '.p12'))}`,
  ];
  io.stdout(`${lines.join('\n')}\n`);
  return 0;
}
