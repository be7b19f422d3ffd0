import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCertificates, type Certificates } from '../../src/certs/certificates.ts';
import { makeClientCertificate } from '../../src/certs/client-certificate.ts';
import { signLeaf, type Issued, type LeafContent } from '../../src/certs/issue.ts';
import type { ClientCertificate } from '../../src/model/index.ts';
import { clientCertificateOf } from '../../src/server/client-certificate.ts';
import type { Listening } from '../../src/server/listen.ts';
import { whenTestsEnd } from '../support/cleanup.ts';
import { bench, readAll } from './listen-support.ts';

const dir = mkdtempSync(join(tmpdir(), 'rehearsal-clients-'));
whenTestsEnd(() => rmSync(dir, { recursive: true, force: true }));
const hourMs = 3_600_000;
const server = bench();
let certificates: Certificates;
let ca: Issued;
let acme: Issued;

const content = (subject: LeafContent['subject'], more: Partial<LeafContent> = {}): LeafContent => ({ subject, names: [], usage: 'clientAuth', lifeMs: 48 * hourMs, ...more });
const sign = (given: LeafContent): Promise<Issued> => signLeaf(ca, given, Date.now());

beforeAll(async () => {
  certificates = await openCertificates({ dir, sans: [], selfSigned: false, now: Date.now });
  ca = { cert: certificates.caPem, key: readFileSync(join(dir, 'rehearsal-ca.key'), 'utf8') };
  const made = await makeClientCertificate({ dir, name: 'acme', lifeMs: 365 * 24 * hourMs, now: Date.now });
  acme = { cert: readFileSync(made.certFile, 'utf8'), key: readFileSync(made.keyFile, 'utf8') };
});

/** What anybody can make for themselves. */
async function ownCertificate(): Promise<Issued> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'acme' }], { keyType: 'ec', algorithm: 'sha256', extensions: [{ name: 'extKeyUsage', clientAuth: true }, { name: 'subjectAltName', altNames: [{ type: 2, value: 'evil.test' }, { type: 1, value: 'a@evil.test' }, { type: 6, value: 'spiffe://evil/a' }] }] });
  return { cert, key };
}

/** A server that tells what it sees of the client, and asks for certificates. */
async function start(asking = true): Promise<Listening> {
  const listening = await server.start({ tls: certificates, onRequest: (request, response) => response.end(JSON.stringify(clientCertificateOf(request.socket))) });
  if (asking) listening.askForCertificates(certificates.caPem);
  return listening;
}

function connect(listening: Listening, given: Partial<Issued>, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return server.tls(listening, { ca: certificates.caPem, ...given, ...options });
}

async function ask(socket: TLSSocket): Promise<ClientCertificate | null> {
  const read = readAll(socket);
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const { text } = await read;
  return JSON.parse(Buffer.from(/\r\n\r\n(?:[0-9a-f]+\r\n)?(.*?)(?:\r\n|$)/s.exec(text)![1]!, 'latin1').toString('utf8')) as ClientCertificate | null;
}

const seen = async (listening: Listening, given: Partial<Issued>, options: ConnectionOptions = {}): Promise<ClientCertificate | null> => ask(await connect(listening, given, options));

describe('a server that asks for client certificates', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('knows one that its CA issued, by %s', async (version) => {
    expect(await seen(await start(), acme, { minVersion: version, maxVersion: version })).toEqual({
      subject: 'CN=acme,O=Rehearsal', commonName: 'acme', names: [], fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/), trusted: true, problem: null,
    });
  });

  it('lets in who sends none, one of their own, one of another CA, one that is over, and one for servers, and says what is wrong', async () => {
    const listening = await start();
    expect(await seen(listening, {})).toBeNull();
    expect(await seen(listening, await ownCertificate())).toMatchObject({ commonName: 'acme', names: ['evil.test', 'a@evil.test', 'spiffe://evil/a'], trusted: false, problem: 'it was not issued by the CA of this server' });
    const elsewhere = mkdtempSync(join(tmpdir(), 'rehearsal-clients-'));
    whenTestsEnd(() => rmSync(elsewhere, { recursive: true, force: true }));
    const other = await makeClientCertificate({ dir: elsewhere, name: 'acme', lifeMs: hourMs, now: Date.now });
    expect(await seen(listening, { cert: readFileSync(other.certFile, 'utf8'), key: readFileSync(other.keyFile, 'utf8') })).toMatchObject({ commonName: 'acme', trusted: false, problem: 'it was not issued by the CA of this server' });
    expect(await seen(listening, await sign(content([{ CN: ['old'] }], { lifeMs: hourMs })))).toMatchObject({ commonName: 'old', trusted: false, problem: 'it has expired' });
    expect(await seen(listening, await sign(content([{ CN: ['server'] }], { usage: 'serverAuth' })))).toMatchObject({ trusted: false, problem: expect.stringContaining('not one for clients') });
    expect(server.failures).toEqual([]);
  });

  it('reads subjects as RFC 4514 has them, and every alternative name', async () => {
    const listening = await start();
    expect(await seen(listening, await sign(content([{ O: ['Smith, Jones + Ä'] }, { OU: ['a'], L: ['b'] }, { CN: ['ab; <cd>'] }])))).toMatchObject({ subject: 'CN=ab\\; \\<cd\\>,OU=a+L=b,O=Smith\\, Jones \\+ Ä', commonName: 'ab; <cd>', trusted: true });
    expect(await seen(listening, await sign(content([{ O: ['nameless'] }], { names: [{ kind: 'dns', value: 'a.localhost' }, { kind: 'ip', value: '::1' }] })))).toMatchObject({ subject: 'O=nameless', commonName: null, names: ['a.localhost', '::1'], trusted: true });
  });

  it.each(['api.partner.example', 'alice@corp.example', 'Alice B', 'a_b.c', 'x'])('takes a client that is called %s, though the CA vouches for hosts of this machine alone', async (name) => {
    const { certFile, keyFile } = await makeClientCertificate({ dir, name, lifeMs: hourMs * 48, now: Date.now });
    expect(await seen(await start(), { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') })).toMatchObject({ commonName: name, trusted: true, problem: null });
  });

  it('still knows the client when the TLS session is resumed', async () => {
    const listening = await start();
    const first = await connect(listening, acme);
    const session = new Promise<Buffer>((resolve) => { first.once('session', resolve); });
    await ask(first);
    const second = await connect(listening, acme, { session: await session });
    expect(second.isSessionReused()).toBe(true);
    expect(await ask(second)).toMatchObject({ commonName: 'acme', trusted: true });
  });
});

describe('a server that does not ask', () => {
  it('sees no certificate until it is told to ask, then from the next connection on, and stops when told so', async () => {
    const listening = await start(false);
    const early = await connect(listening, acme);
    const session = new Promise<Buffer>((resolve) => { early.once('session', resolve); });
    expect(await ask(early)).toBeNull();
    listening.askForCertificates(certificates.caPem);
    listening.askForCertificates(certificates.caPem);
    const resumed = await connect(listening, acme, { session: await session });
    expect(resumed.isSessionReused()).toBe(false);
    expect(await ask(resumed)).toMatchObject({ commonName: 'acme', trusted: true });
    listening.updateCertificate(certificates);
    expect(await seen(listening, acme)).toMatchObject({ trusted: true });
    listening.askForCertificates(null);
    expect(await seen(listening, acme)).toBeNull();
  });
});
