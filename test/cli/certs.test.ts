import { spawnSync } from 'node:child_process';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { clientCertificateCommand, readDays } from '../../src/cli/certs.ts';

const root = mkdtempSync(join(tmpdir(), 'rehearsal-certs-command-'));
const dir = join(root, "it's here");
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function make(name: string, days = 365, certs = dir): Promise<{ readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  expect(await clientCertificateCommand({ name, days, certs, now: Date.now }, { stdout: (text) => { out += text; }, stderr: (text) => { err += text; }, platform: 'linux' })).toBe(0);
  return { out, err };
}

const file = (name: string): string => join(dir, 'clients', name);

describe('rehearsal certs client', () => {
  it('makes the CA when there is none, then a certificate for clients alone with a key for its owner alone, and says how to use them', async () => {
    const { out, err } = await make('acme');
    expect(err).toContain('A local CA was made');
    expect(out).toContain(file('acme.crt'));
    expect(out).toContain(`--cert '${file('acme.crt').replace("'", "'\\''")}'`);
    const certificate = new X509Certificate(readFileSync(file('acme.crt')));
    const ca = new X509Certificate(readFileSync(join(dir, 'rehearsal-ca.pem')));
    expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(file('acme.key'))))).toBe(true);
    expect([certificate.ca, certificate.keyUsage, certificate.subject, certificate.subjectAltName]).toEqual([false, ['1.3.6.1.5.5.7.3.2'], 'O=Rehearsal\nCN=acme', undefined]);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(out).toContain(certificate.fingerprint256);
    if (process.platform !== 'win32') expect(statSync(file('acme.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(dir, 'clients')).sort()).toEqual(['acme.crt', 'acme.key']);
  });

  it('never lets it outlive the CA, and says so; `--days` makes it shorter', async () => {
    const { out } = await make('long');
    expect(new X509Certificate(readFileSync(file('long.crt'))).validTo).toBe(new X509Certificate(readFileSync(join(dir, 'rehearsal-ca.pem'))).validTo);
    expect(out).toMatch(/valid until {2}\d{4}-\d\d-\d\d \(when the CA ends/);
    expect((await make('short', 7)).out).not.toContain('when the CA ends');
    const left = Date.parse(new X509Certificate(readFileSync(file('short.crt'))).validTo) - Date.now();
    expect(Math.round(left / 60_000)).toBe(7 * 24 * 60);
  });

  it('makes a new one under a name that has one, and says so', async () => {
    await make('twice');
    const before = readFileSync(file('twice.crt'), 'utf8');
    const { err } = await make('twice');
    expect(err).toContain('a new one has taken its place');
    expect(readFileSync(file('twice.crt'), 'utf8')).not.toBe(before);
  });

  it('passes OpenSSL\'s strict verification', async () => {
    await make('api.partner.example', 30);
    const { status, stdout } = spawnSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', join(dir, 'rehearsal-ca.pem'), file('api.partner.example.crt')], { encoding: 'utf8' });
    if (status !== null) expect(stdout).toContain(': OK');
  });

  it('refuses what is no name, before anything is made', async () => {
    const elsewhere = join(root, 'untouched');
    for (const name of ['', '.', '..', '../acme', 'a/b', 'a\\b', '.hidden', '-rf', ' a', 'a ', 'a.', 'é', 'a\n', 'a,b', 'a=b', 'nul', 'COM1.x', 'a'.repeat(65)]) await expect(make(name, 1, elsewhere)).rejects.toMatchObject({ name: 'UsageProblem', exitCode: 2 });
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('says what to do when the key of the CA is gone', async () => {
    const gone = join(root, 'gone');
    await make('acme', 1, gone);
    rmSync(join(gone, 'rehearsal-ca.key'));
    await expect(make('acme', 1, gone)).rejects.toMatchObject({ name: 'EnvironmentProblem', fix: expect.stringContaining('Delete') });
  });

  it('reads days as a whole number from 1 to 3650', () => {
    expect([readDays(undefined), readDays('1'), readDays('3650')]).toEqual([365, 1, 3650]);
    for (const wrong of ['0', '3651', '-1', '1.5', 'a', '', '1e3']) expect(() => readDays(wrong)).toThrow(/--days/);
  });
});
