import { join, resolve } from 'node:path';
import { EnvironmentProblem } from '../base/problems.ts';
import { assess, assessSelfSigned, caName, ends, keyFitsCa, leafName, selfSignedName, type Standing } from './assess.ts';
import { issueCa, issueLeaf, issueSelfSigned, permittedNames } from './issue.ts';
import { guardKey, makeCertsFolder, prepareFolder, readPair, writePair } from './keep.ts';
import { underLock } from './lock.ts';
import { mergeNames, mostNames, serverNames, type ServerName } from './names.ts';
import { permits } from './name-constraints.ts';

/** The certificate that the server shows and the CA that clients trust. What is renewed is seen through the same object. */
export interface Certificates {
  /** The CA, PEM; of `--self-signed` the certificate itself. */
  readonly caPem: string;
  /** Absolute. */
  readonly caFile: string;
  /** SHA-256 of the CA, in hexadecimal with colons, as other tools show it. */
  readonly caFingerprint: string;
  /** The server's private key, PEM. */
  readonly key: string;
  /** The server's certificate, PEM. The CA is not sent along: who trusts it has it. */
  readonly cert: string;
  /** When the server's certificate ends, milliseconds since 1970. */
  readonly expiresAt: number;
  /** When the CA ends, milliseconds since 1970. */
  readonly caExpiresAt: number;
  /** What a person should know of what was made at opening or at the last renewal, one sentence each. */
  readonly notices: readonly string[];
  /**
   * Makes anew what is about to end, or takes over what another server on the folder made. True when key and certificate
   * are other than before and must be swapped in. Throws EnvironmentProblem; what was there goes on serving.
   */
  renewIfDue(): Promise<boolean>;
}

export interface CertificateOptions {
  /** The folder that keeps them, as `--certs` gives it. */
  readonly dir: string;
  /** Names beside localhost, 127.0.0.1 and ::1. */
  readonly sans: readonly string[];
  /** `--self-signed`: one certificate without a CA. */
  readonly selfSigned: boolean;
  /** The machine's time (not a scenario's clock: clients look at their own), milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Opens the folder's CA and server certificate, and makes what is missing, due or not for a wanted name. A CA is
 * bound to its names, so a name outside them needs a new CA, which clients must trust again. A new CA keeps the names of
 * the old one: servers with different `--san`s on one folder agree after one change.
 * @throws UsageProblem for a bad name, EnvironmentProblem for files that cannot be read, written or understood.
 */
export async function openCertificates(options: CertificateOptions): Promise<Certificates> {
  const dir = resolve(options.dir);
  const wanted = serverNames(options.sans);
  const look = (): Standing => (options.selfSigned ? lookSelfSigned(dir, wanted, options.now()) : lookAtPair(dir, wanted, options.now()));
  let current = await settle(dir, look, wanted, options);
  let renewing: Promise<boolean> | null = null;
  const renew = async (): Promise<boolean> => {
    const next = await settle(dir, look, wanted, options);
    const changed = next.standing.cert !== current.standing.cert;
    if (changed) current = next;
    return changed;
  };
  return {
    get caPem() { return current.standing.caPem; },
    caFile: join(dir, `${options.selfSigned ? selfSignedName : caName}.pem`),
    get caFingerprint() { return current.standing.ca.fingerprint256; },
    get key() { return current.standing.key; },
    get cert() { return current.standing.cert; },
    get expiresAt() { return ends(current.standing.leaf); },
    get caExpiresAt() { return ends(current.standing.ca); },
    get notices() { return current.notices; },
    renewIfDue() {
      renewing ??= renew().finally(() => { renewing = null; });
      return renewing;
    },
  };
}

type Good = Extract<Standing, { kind: 'good' }>;

interface Settled {
  readonly standing: Good;
  readonly notices: readonly string[];
}

async function settle(dir: string, look: () => Standing, wanted: readonly ServerName[], options: CertificateOptions): Promise<Settled> {
  const stems = options.selfSigned ? [selfSignedName] : [caName, leafName];
  const notices = stems.map((stem) => guardKey(join(dir, `${stem}.key`))).filter((notice) => notice !== null);
  const first = look();
  if (first.kind === 'good') return { standing: first, notices };
  makeCertsFolder(dir);
  return underLock(dir, async () => {
    await prepareFolder(dir);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const standing = look();
      if (standing.kind === 'good') return { standing, notices };
      notices.push(...(await (options.selfSigned ? makeSelfSigned(dir, standing, wanted, options.now()) : make(dir, standing, wanted, options.now()))));
    }
    throw new EnvironmentProblem(`The certificates in ${dir} do not stay as they are written`, 'See whether another program changes the folder, or give another with `--certs DIR`.');
  });
}

function lookAtPair(dir: string, wanted: readonly ServerName[], nowMs: number): Standing {
  return assess(dir, readPair(dir, caName), readPair(dir, leafName), wanted, nowMs);
}

function lookSelfSigned(dir: string, wanted: readonly ServerName[], nowMs: number): Standing {
  return assessSelfSigned(dir, readPair(dir, selfSignedName), wanted, nowMs);
}

/** Makes what is due. Returns what a person should know of it. */
async function make(dir: string, due: Exclude<Standing, Good>, wanted: readonly ServerName[], nowMs: number): Promise<readonly string[]> {
  const kept = readPair(dir, caName);
  const former = kept.cert === null ? [] : await permittedNames(kept.cert);
  const names = bounded(mergeNames(wanted, due.previous), wanted);
  let because = due.because;
  if (due.kind === 'leaf due') {
    const outside = wanted.filter((name) => !permits(former, name));
    const ca = { cert: due.caPem, key: kept.key ?? '' };
    if (outside.length === 0 && keyFitsCa(dir, due.caPem, kept.key)) {
      await writePair(dir, leafName, await issueLeaf(ca, names.filter((name) => permits(former, name)), nowMs));
      return [];
    }
    because = outside.length > 0 ? `the old one cannot vouch for ${outside.map((name) => name.value).join(', ')}` : 'the key of the old one was gone';
  }
  const ca = await issueCa(bounded(mergeNames(names, former), names), nowMs);
  await writePair(dir, caName, ca);
  await writePair(dir, leafName, await issueLeaf(ca, names, nowMs));
  const file = join(dir, `${caName}.pem`);
  return [because === null ? `A local CA was made: ${file}. \`rehearsal trust\` shows how clients trust it.` : `A new CA was made, because ${because}: clients must trust ${file} again (\`rehearsal trust\` shows how).`];
}

async function makeSelfSigned(dir: string, due: Exclude<Standing, Good>, wanted: readonly ServerName[], nowMs: number): Promise<readonly string[]> {
  await writePair(dir, selfSignedName, await issueSelfSigned(bounded(mergeNames(wanted, due.previous), wanted), nowMs));
  return due.because === null ? [] : [`A new self-signed certificate was made, because ${due.because}: clients must trust it again.`];
}

/** The larger list while it is within bounds. */
function bounded(all: readonly ServerName[], needed: readonly ServerName[]): readonly ServerName[] {
  return all.length <= mostNames ? all : needed;
}
