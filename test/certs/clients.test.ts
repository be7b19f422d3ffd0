import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBundle } from '../../src/certs/bundle.ts';
import { openCertificates, type Certificates } from '../../src/certs/certificates.ts';
import { issueLeaf } from '../../src/certs/issue.ts';
import { listen, type HandshakeFailure, type Listening } from '../../src/server/listen.ts';
import { installed, javaClient, nodeClient, pythonClient, runClient } from './run-client.ts';
import { temporaryFolder } from './temporary-folder.ts';

const dir = temporaryFolder();
const has = {
  curl: installed('curl'),
  openssl: installed('openssl', ['version']),
  python: installed('python3'),
  wget: installed('wget'),
  java: installed('java'),
};
let certificates: Certificates;
let listening: Listening;
let url: string;
let waiting: ((failure: HandshakeFailure) => void) | null = null;

beforeAll(async () => {
  certificates = await openCertificates({ dir, sans: [], selfSigned: false, now: Date.now });
  listening = await listen({
    tls: certificates, port: 0, httpPort: null,
    onRequest: (_request, response) => response.end('{}'),
    onHandshakeFailure: (failure) => waiting?.(failure),
  });
  url = `https://localhost:${listening.port}/`;
});
afterAll(() => listening.close(0));

/** What the server says of the next client that breaks off. */
function nextFailure(): Promise<HandshakeFailure> {
  return new Promise((resolve) => {
    waiting = resolve;
  });
}

const distrust = expect.objectContaining({ cause: expect.stringContaining('client does not trust the CA'), fix: expect.stringContaining('rehearsal trust') });

describe('openssl', () => {
  it.skipIf(!has.openssl)('finds nothing against the chain, strictly (skipped without openssl)', async () => {
    const { code, output } = await runClient('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'localhost', '-CAfile', certificates.caFile, join(dir, 'rehearsal.pem')]);
    expect(output).toContain('OK');
    expect(code).toBe(0);
  });

  it.skipIf(!has.openssl)('reads what the CA may do, as critical: sign, one level, for local names only (skipped without openssl)', async () => {
    const { output } = await runClient('openssl', ['x509', '-in', certificates.caFile, '-noout', '-text']);
    expect(output).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(output).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
    expect(output).toMatch(/Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127\.0\.0\.1\/255\.255\.255\.255\s+IP:0:0:0:0:0:0:0:1\/FFFF:/);
    expect(output).toMatch(/Subject Key Identifier/);
    expect(output).toMatch(/ecdsa-with-SHA256/);
  });
});

describe('curl', () => {
  it.skipIf(!has.curl)('takes the certificate with the CA on both loopback addresses (skipped without curl)', async () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]'].slice(0, listening.addresses.length + 1)) {
      expect((await runClient('curl', ['-sS', '--cacert', certificates.caFile, `https://${host}:${listening.port}/`])).output).toBe('{}');
    }
  });

  it.skipIf(!has.curl)('refuses it without, and the server says why (skipped without curl)', async () => {
    const told = nextFailure();
    expect((await runClient('curl', ['-sS', url])).code).toBe(60);
    expect(await told).toEqual(distrust);
  });

  it.skipIf(!has.curl)('refuses another name, and the server names the option that adds it (skipped without curl)', async () => {
    const told = nextFailure();
    expect((await runClient('curl', ['-sS', '--cacert', certificates.caFile, '--resolve', `partner.test:${listening.port}:127.0.0.1`, `https://partner.test:${listening.port}/`])).code).toBe(60);
    expect(await told).toMatchObject({ name: 'partner.test', cause: 'The client asked for partner.test, which the certificate is not for', fix: expect.stringContaining('--san partner.test') });
  });
});

describe('wget', () => {
  it.skipIf(!has.wget)('takes the certificate with the CA and refuses it without, and the server says why (skipped without wget)', async () => {
    expect((await runClient('wget', ['-qO-', `--ca-certificate=${certificates.caFile}`, url])).output).toBe('{}');
    const told = nextFailure();
    expect((await runClient('wget', ['-qO-', url])).code).toBe(5);
    expect(await told).toEqual(distrust);
  });
});

describe('Node', () => {
  it('takes the certificate with NODE_EXTRA_CA_CERTS and refuses it without, and the server says why', async () => {
    expect(await runClient(process.execPath, ['-e', nodeClient, url], { NODE_EXTRA_CA_CERTS: certificates.caFile })).toEqual({ code: 0, output: '200\n' });
    const told = nextFailure();
    expect((await runClient(process.execPath, ['-e', nodeClient, url])).output).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE\n');
    expect(await told).toEqual(distrust);
  });
});

describe('Python', () => {
  it.skipIf(!has.python)('takes the certificate strictly with the CA and refuses it without, and the server says why (skipped without python3)', async () => {
    expect(await runClient('python3', ['-c', pythonClient, url, certificates.caFile])).toEqual({ code: 0, output: '200\n' });
    const told = nextFailure();
    expect((await runClient('python3', ['-c', pythonClient, url])).output).toContain('CERTIFICATE_VERIFY_FAILED');
    expect(await told).toEqual(distrust);
  });

  it.skipIf(!has.python)('takes it by SSL_CERT_FILE with the bundle, which holds the public roots too (skipped without python3)', async () => {
    const bundle = await writeBundle(dir, certificates.caPem);
    expect((await runClient('python3', ['-c', pythonClient, url], { SSL_CERT_FILE: bundle })).output).toBe('200\n');
    expect(readFileSync(bundle, 'utf8').split('BEGIN CERTIFICATE').length).toBeGreaterThan(100);
  });
});

describe('Java', () => {
  it.skipIf(!has.java)('refuses the certificate without the CA and takes it with, by both of its clients, and the server says why (skipped without java)', { timeout: 60_000 }, async () => {
    const source = join(dir, 'Client.java');
    writeFileSync(source, javaClient);
    const told = nextFailure();
    const { output } = await runClient('java', [source, url, certificates.caFile]);
    expect(output).toMatch(/^HttpClient .*PKIX path building failed.*\nURL .*PKIX path building failed.*\nHttpClient 200\nURL 200\n$/);
    expect(await told).toEqual(distrust);
  });
});

describe('a leaf for another name, signed with this CA’s key', () => {
  let bank: Listening;
  beforeAll(async () => {
    const ca = { cert: certificates.caPem, key: readFileSync(join(dir, 'rehearsal-ca.key'), 'utf8') };
    const leaf = await issueLeaf(ca, [{ kind: 'dns', value: 'localhost' }, { kind: 'dns', value: 'bank.example' }], Date.now());
    bank = await listen({ tls: leaf, port: 0, httpPort: null, onRequest: (_request, response) => response.end('{}'), onHandshakeFailure: () => {} });
  });
  afterAll(() => bank.close(0));

  it.skipIf(!has.curl)('is refused by curl (skipped without curl)', async () => {
    const { code, output } = await runClient('curl', ['-sS', '--cacert', certificates.caFile, `https://localhost:${bank.port}/`]);
    expect(code).toBe(60);
    expect(output).toContain('permitted subtree violation');
  });

  it('is refused by Node', async () => {
    const { code, output } = await runClient(process.execPath, ['-e', nodeClient, `https://localhost:${bank.port}/`], { NODE_EXTRA_CA_CERTS: certificates.caFile });
    expect(code).toBe(1);
    expect(output).not.toContain('200');
  });

  it.skipIf(!has.python)('is refused by Python (skipped without python3)', async () => {
    expect((await runClient('python3', ['-c', pythonClient, `https://localhost:${bank.port}/`, certificates.caFile])).output).toContain('permitted subtree violation');
  });
});
