import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { runEnvironment, type RunAddress } from '../../src/cli/run-environment.ts';
import { issueCa, issueSelfSigned } from '../../src/certs/issue.ts';
import { temporaryFolder } from '../support/rehearsal.ts';

const folder = temporaryFolder('run-environment');
let server: RunAddress;
let company: string;

beforeAll(async () => {
  const names = [{ kind: 'dns', value: 'localhost' }] as const;
  const caPem = (await issueCa(names, Date.now())).cert;
  company = (await issueSelfSigned(names, Date.now())).cert;
  server = { url: 'https://localhost:4321', adminUrl: 'https://localhost:4321/_rehearsal', caFile: '/project/certs/rehearsal-ca.pem', caPem };
});

const certificates = (file: string): Set<string> => new Set(readFileSync(file, 'utf8').split(/(?<=-----END CERTIFICATE-----)/).filter((text) => text.trim() !== '').map((pem) => new X509Certificate(pem).fingerprint256));
const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256;

describe('the environment of a command', () => {
  test('keeps what is there and has the address and the CA', async () => {
    const env = await runEnvironment(server, { PATH: '/bin', HOME: '/home/qa' }, folder, 0);
    expect(env).toMatchObject({ PATH: '/bin', HOME: '/home/qa', REHEARSAL_URL: server.url, REHEARSAL_ADMIN_URL: server.adminUrl, REHEARSAL_CA: server.caFile, NODE_EXTRA_CA_CERTS: server.caFile });
  });

  test('names a bundle of the public roots and this CA by every variable that replaces the roots, for its owner only', async () => {
    const env = await runEnvironment(server, {}, folder, 0);
    const file = env['SSL_CERT_FILE']!;
    for (const name of ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'AWS_CA_BUNDLE']) expect(env[name]).toBe(file);
    const found = certificates(file);
    expect(found.size).toBe(rootCertificates.length + 1);
    expect(found.has(fingerprint(server.caPem))).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('gives Java a trust store behind the options that are there: of two of one name the last holds', async () => {
    const env = await runEnvironment(server, { JAVA_TOOL_OPTIONS: '-Xmx64m -Djavax.net.ssl.trustStore=/old' }, folder, 0);
    const store = join(folder, 'truststore.jks');
    expect(env['JAVA_TOOL_OPTIONS']).toBe(`-Xmx64m -Djavax.net.ssl.trustStore=/old -Djavax.net.ssl.trustStore=${store} -Djavax.net.ssl.trustStoreType=JKS -Djavax.net.ssl.trustStorePassword=changeit`);
    expect(readFileSync(store).readUInt32BE(8)).toBe(rootCertificates.length + 1);
  });

  test('quotes the path of the trust store where it holds a space', async () => {
    const spaced = join(folder, 'John Doe');
    mkdirSync(spaced);
    expect((await runEnvironment(server, {}, spaced, 0))['JAVA_TOOL_OPTIONS']).toMatch(/^"-Djavax\.net\.ssl\.trustStore=.*John Doe.truststore\.jks" -D/);
  });

  test('goes on trusting what the environment names already: the roots of a company stay in the bundle, for Java and for Node', async () => {
    const file = join(folder, 'company.pem');
    writeFileSync(file, `# our proxy\n${company}\nnot a certificate\n`);
    const env = await runEnvironment(server, { SSL_CERT_FILE: file, REQUESTS_CA_BUNDLE: file, NODE_EXTRA_CA_CERTS: file }, folder, 0);
    const all = certificates(env['SSL_CERT_FILE']!);
    expect([all.size, all.has(fingerprint(company))]).toEqual([rootCertificates.length + 2, true]);
    expect(certificates(env['NODE_EXTRA_CA_CERTS']!)).toEqual(new Set([fingerprint(company), fingerprint(server.caPem)]));
    expect(readFileSync(join(folder, 'truststore.jks')).readUInt32BE(8)).toBe(rootCertificates.length + 2);
  });

  test('is not disturbed by a variable that names no file, a folder or no certificate', async () => {
    const file = join(folder, 'broken.pem');
    writeFileSync(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const env = await runEnvironment(server, { SSL_CERT_FILE: '/nowhere.pem', CURL_CA_BUNDLE: folder, NODE_EXTRA_CA_CERTS: file }, folder, 0);
    expect(certificates(env['CURL_CA_BUNDLE']!).size).toBe(rootCertificates.length + 1);
    expect(env['NODE_EXTRA_CA_CERTS']).toBe(server.caFile);
  });

  test('has no admin URL when the admin API is off, not even one from outside', async () => {
    const env = await runEnvironment({ ...server, adminUrl: null }, { REHEARSAL_ADMIN_URL: 'https://elsewhere' }, folder, 0);
    expect(env['REHEARSAL_ADMIN_URL']).toBeUndefined();
  });
});
