import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, isAbsolute, relative } from 'node:path';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCertificates, type Certificates } from '../../src/certs/certificates.ts';
import { issueCa, issueSelfSigned, permittedNames } from '../../src/certs/issue.ts';
import { namesOf } from '../../src/certs/names.ts';
import { dayMs } from './temporary-folder.ts';

let dir: string;
let nowMs: number;
const open = (sans: readonly string[] = [], selfSigned = false): Promise<Certificates> => openCertificates({ dir, sans, selfSigned, now: () => nowMs });
const names = (certificates: Certificates): readonly string[] => namesOf(new X509Certificate(certificates.cert)).map((name) => name.value);
const mode = (name: string): number => statSync(join(dir, name)).mode & 0o777;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rehearsal-certs-'));
  nowMs = Date.now();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a folder without certificates', () => {
  it('gets a CA for at most 90 days and a leaf for at most 30, both begun in the past', async () => {
    const certificates = await open();
    const ca = new X509Certificate(certificates.caPem);
    const leaf = new X509Certificate(certificates.cert);
    expect(Date.parse(ca.validTo) - Date.parse(ca.validFrom)).toBeLessThanOrEqual(90 * dayMs);
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBeLessThanOrEqual(30 * dayMs);
    expect(Date.parse(leaf.validFrom)).toBeLessThan(nowMs);
    expect(certificates.expiresAt).toBe(Date.parse(leaf.validTo));
    expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(createPrivateKey(certificates.key))).toBe(true);
    expect(ca.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(leaf.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(names(certificates)).toEqual(['localhost', '127.0.0.1', '::1']);
    expect(await permittedNames(certificates.caPem)).toEqual([{ kind: 'dns', value: 'localhost' }, { kind: 'ip', value: '127.0.0.1' }, { kind: 'ip', value: '::1' }]);
    expect(certificates.caFingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(isAbsolute(certificates.caFile)).toBe(true);
    expect(readFileSync(certificates.caFile, 'utf8')).toBe(certificates.caPem);
    expect(certificates.notices.join()).toContain('A local CA was made');
  });

  it('keeps keys for their owner only, and from git', async () => {
    await open();
    expect([mode('rehearsal-ca.key'), mode('rehearsal.key')]).toEqual([0o600, 0o600]);
    expect(mode('rehearsal-ca.pem') & 0o444).toBe(0o444);
    expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toMatch(/^\*$/m);
    expect(readdirSync(dir).filter((name) => name.includes('.tmp') || name.includes('lock'))).toEqual([]);
  });

  it('is made with the folders above it, and given by a relative path still names the CA absolutely', async () => {
    const deep = join(dir, 'a', 'b');
    const certificates = await openCertificates({ dir: relative(process.cwd(), deep), sans: [], selfSigned: false, now: () => nowMs });
    expect(certificates.caFile).toBe(join(deep, 'rehearsal-ca.pem'));
  });

  it('gets one CA when many servers start on it at once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => open()));
    expect(new Set(all.map((one) => one.caFingerprint)).size).toBe(1);
    expect(new Set(all.map((one) => one.cert)).size).toBe(1);
    for (const one of all) expect(new X509Certificate(one.cert).checkPrivateKey(createPrivateKey(one.key))).toBe(true);
  });

  it('is refused with what to do when it cannot be written', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(openCertificates({ dir: join(dir, 'file'), sans: [], selfSigned: false, now: () => nowMs })).rejects.toMatchObject({ exitCode: 3, fix: expect.stringContaining('--certs') });
  });
});

describe('a folder with certificates', () => {
  it('is used as it is, without a byte changed', async () => {
    const first = await open();
    const second = await open();
    expect(second.cert).toBe(first.cert);
    expect(second.key).toBe(first.key);
    expect(second.notices).toEqual([]);
  });

  it('serves on without the key of its CA while nothing must be made', async () => {
    const first = await open();
    rmSync(join(dir, 'rehearsal-ca.key'));
    expect((await open()).caFingerprint).toBe(first.caFingerprint);
  });

  it('gets a new leaf from the same CA when the leaf is about to end', async () => {
    const first = await open();
    nowMs += 20 * dayMs;
    const second = await open();
    expect(second.caFingerprint).toBe(first.caFingerprint);
    expect(second.expiresAt).toBeGreaterThan(first.expiresAt);
    expect(second.notices).toEqual([]);
  });

  it('gets a new CA, and says so, when the CA would not outlive a new leaf', async () => {
    const first = await open();
    nowMs += 60 * dayMs;
    const second = await open();
    expect(second.caFingerprint).not.toBe(first.caFingerprint);
    expect(second.notices.join()).toMatch(/new CA was made.*clients must trust .* again/);
  });

  it('gets new ones when the clock was wrong and they begin in the future', async () => {
    nowMs += 400 * dayMs;
    const first = await open();
    nowMs -= 400 * dayMs;
    expect((await open()).caFingerprint).not.toBe(first.caFingerprint);
  });

  it('gets a new CA, and says so, for a --san that the CA cannot vouch for; what it was for stays', async () => {
    const first = await open(['api.test']);
    const second = await open(['*.partner.test', '10.0.0.7', '[2001:DB8::1]']);
    expect(second.caFingerprint).not.toBe(first.caFingerprint);
    expect(second.notices.join()).toContain('cannot vouch for *.partner.test, 10.0.0.7, 2001:db8::1');
    expect(names(second)).toEqual(expect.arrayContaining(['localhost', 'api.test', '*.partner.test', '10.0.0.7', '2001:db8::1']));
    const third = await open(['API.test.']);
    expect(third.cert).toBe(second.cert);
  });

  it('gets only a new leaf for a --san within the CA’s names', async () => {
    const first = await open(['partner.test']);
    const second = await open(['api.partner.test']);
    expect(second.caFingerprint).toBe(first.caFingerprint);
    expect(names(second)).toContain('api.partner.test');
  });

  it('gets a new leaf when key and certificate do not belong together', async () => {
    const first = await open();
    copyFileSync(join(dir, 'rehearsal-ca.key'), join(dir, 'rehearsal.key'));
    const second = await open();
    expect(second.caFingerprint).toBe(first.caFingerprint);
    expect(new X509Certificate(second.cert).checkPrivateKey(createPrivateKey(second.key))).toBe(true);
  });

  it('gets a new CA when the key of the CA is not its own and a leaf is due', async () => {
    const first = await open();
    copyFileSync(join(dir, 'rehearsal.key'), join(dir, 'rehearsal-ca.key'));
    rmSync(join(dir, 'rehearsal.key'));
    expect((await open()).caFingerprint).not.toBe(first.caFingerprint);
  });

  it.skipIf(process.platform === 'win32')('takes the right to read a key from others', async () => {
    await open();
    chmodSync(join(dir, 'rehearsal-ca.key'), 0o644);
    const certificates = await open();
    expect(mode('rehearsal-ca.key')).toBe(0o600);
    expect(certificates.notices.join()).toContain('rehearsal-ca.key could be read by others');
  });

  it.each(['rehearsal-ca.pem', 'rehearsal.pem', 'rehearsal.key'])('is refused with what to do when %s is damaged, and left as it is', async (name) => {
    await open();
    writeFileSync(join(dir, name), '-----BEGIN NONSENSE-----\nAAAA\n');
    await expect(open()).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining(`${name} is damaged`), fix: expect.stringContaining('Delete it') });
    expect(readFileSync(join(dir, name), 'utf8')).toContain('NONSENSE');
  });

  it('is refused when a file is cut off, empty or huge', async () => {
    await open();
    const file = join(dir, 'rehearsal-ca.pem');
    const whole = readFileSync(file, 'utf8');
    for (const text of [whole.slice(0, 300), '', 'A'.repeat(1e6)]) {
      writeFileSync(file, text);
      await expect(open()).rejects.toMatchObject({ exitCode: 3 });
    }
  });

  it('is refused when a path is no file', async () => {
    mkdirSync(join(dir, 'rehearsal-ca.pem'));
    await expect(open()).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining('EISDIR') });
  });

  it('is refused when a certificate is of somebody else: a company’s CA is never used nor overwritten', async () => {
    const theirs = await issueSelfSigned([{ kind: 'dns', value: 'localhost' }], nowMs);
    writeFileSync(join(dir, 'rehearsal-ca.pem'), theirs.cert);
    await expect(open()).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining('did not make') });
    expect(readFileSync(join(dir, 'rehearsal-ca.pem'), 'utf8')).toBe(theirs.cert);
  });

  it('is taken over from a server that was killed while it held the lock', async () => {
    const lock = join(dir, '.rehearsal.lock');
    writeFileSync(lock, '1 another-host');
    utimesSync(lock, new Date(0), new Date(0));
    writeFileSync(join(dir, '.rehearsal.key.1.abcd.tmp'), 'half');
    await open();
    expect(existsSync(lock)).toBe(false);
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('while the server runs', () => {
  it('nothing changes before it is due', async () => {
    const certificates = await open();
    nowMs += 15 * dayMs;
    expect(await certificates.renewIfDue()).toBe(false);
  });

  it('the same object shows the renewed leaf', async () => {
    const certificates = await open();
    const { cert, key, caPem } = certificates;
    nowMs += 20 * dayMs;
    expect(await Promise.all([certificates.renewIfDue(), certificates.renewIfDue()])).toEqual([true, true]);
    expect(certificates.cert).not.toBe(cert);
    expect(certificates.key).not.toBe(key);
    expect(certificates.caPem).toBe(caPem);
    expect(await certificates.renewIfDue()).toBe(false);
  });

  it('takes over what another server on the folder made', async () => {
    const certificates = await open();
    const other = await open(['other.test']);
    expect(await certificates.renewIfDue()).toBe(true);
    expect(certificates.caFingerprint).toBe(other.caFingerprint);
    expect(await other.renewIfDue()).toBe(false);
  });

  it('a folder gone bad leaves the served certificate as it is', async () => {
    const certificates = await open();
    const { cert } = certificates;
    writeFileSync(join(dir, 'rehearsal.pem'), 'x');
    await expect(certificates.renewIfDue()).rejects.toMatchObject({ exitCode: 3 });
    expect(certificates.cert).toBe(cert);
  });
});

describe('names', () => {
  it.each(['', ' ', 'https://x.test', 'x.test:443', 'a b', '*', '*.test', 'a*.test', '-a.test', 'x..test', '1.2.3', 'a'.repeat(64), `${'a.'.repeat(130)}test`, 'fe80::1%eth0', '../x', 'x\u0000.test'])('refuse --san %j with what to give instead', async (san) => {
    await expect(open([san])).rejects.toMatchObject({ exitCode: 2, fix: expect.stringContaining('partner.test') });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('are written as certificates write them', async () => {
    expect(names(await open(['Bücher.TEST', 'my_service', '*.Partner.test.']))).toEqual(['localhost', '127.0.0.1', '::1', 'xn--bcher-kva.test', 'my_service', '*.partner.test']);
  });

  it('are bounded in number', async () => {
    await expect(open(Array.from({ length: 200 }, (_, index) => `n${index}.test`))).rejects.toMatchObject({ exitCode: 2 });
  });

  it('of a CA are read as they were written, past 127 and 255 bytes', async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ kind: 'dns' as const, value: `name-${index}.partner.test` }));
    const ca = await issueCa(many, nowMs);
    expect(await permittedNames(ca.cert)).toEqual(many);
  });
});

describe('--self-signed', () => {
  it('is one EC certificate with SHA-256, its own CA, kept apart from the CA’s files', async () => {
    const certificates = await open([], true);
    expect(certificates.caPem).toBe(certificates.cert);
    expect(certificates.caFile).toBe(join(dir, 'self-signed.pem'));
    expect(mode('self-signed.key')).toBe(0o600);
    expect(existsSync(join(dir, 'rehearsal-ca.pem'))).toBe(false);
    const certificate = new X509Certificate(certificates.cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(names(certificates)).toEqual(['localhost', '127.0.0.1', '::1']);
    expect((await open([], true)).cert).toBe(certificates.cert);
    nowMs += 25 * dayMs;
    expect(await certificates.renewIfDue()).toBe(true);
    expect(certificates.notices.join()).toContain('must trust it again');
  });
});
