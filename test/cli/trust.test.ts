import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipes } from '../../src/certs/recipes.ts';
import { posixShell, powerShell } from '../../src/certs/shell.ts';
import { trustCommand, type TrustIo, type TrustOptions } from '../../src/cli/trust.ts';
import { listen, type Listening } from '../../src/server/listen.ts';
import { openCertificates } from '../../src/certs/certificates.ts';
import { installed, javaClient, runClient } from '../certs/run-client.ts';

// A name with everything that a shell trips over.
const root = mkdtempSync(join(tmpdir(), 'rehearsal-trust-'));
const dir = join(root, `it's $HOME "here" & there`);
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function trust(options: Partial<TrustOptions> = {}, io: Partial<TrustIo> = {}): Promise<Said> {
  let out = '';
  let err = '';
  const code = await trustCommand(
    { certs: dir, sans: [], client: null, env: false, now: Date.now, ...options },
    { stdout: (text) => { out += text; }, stderr: (text) => { err += text; }, env: {}, platform: 'linux', ...io },
  );
  return { code, out, err };
}

describe('rehearsal trust', () => {
  it('makes the CA when there is none, and says where it is, what it is and until when', async () => {
    const { code, out, err } = await trust();
    const { caFingerprint, caFile } = await openCertificates({ dir, sans: [], selfSigned: false, now: Date.now });
    expect(code).toBe(0);
    expect(err).toContain('A local CA was made');
    expect(out).toContain(caFile);
    expect(out).toContain(caFingerprint);
    expect(out).toMatch(/valid until {2}\d{4}-\d\d-\d\d \(8\d days/);
    expect(statSync(join(dir, 'bundle.pem')).size).toBeGreaterThan(100_000);
  });

  it('tells every client, with absolute paths, and whether the setting adds or replaces', async () => {
    const { out } = await trust();
    for (const client of ['curl', 'wget', 'requests', 'urllib', 'httpx', 'Java', 'Node', 'Go', '.NET', 'Ruby', 'PHP', 'Chrome', 'Firefox', 'Postman', 'Newman', 'Debian', 'Fedora', 'macOS', 'Windows']) expect(out).toContain(client);
    expect(out).toContain('ADDS to the public roots');
    expect(out).toContain('REPLACES the public roots; the bundle has them too');
    expect(out).toContain('from its documentation, not tried');
  });

  it.each(['linux', 'darwin', 'win32'] as const)('on %s never tells anybody to switch the check off', async (platform) => {
    const { out } = await trust({}, { platform });
    expect(out).not.toMatch(/\s-k\b(?! ~\/Library)|insecure|verify=False|NODE_TLS_REJECT_UNAUTHORIZED|no-check-certificate|rejectUnauthorized/i);
  });

  it.each([['java', 'keytool'], ['JAVA', 'keytool'], ['requests', 'REQUESTS_CA_BUNDLE'], ['Firefox', 'about:config'], ['ubuntu', 'update-ca-certificates']])('%s tells that client alone', async (client, text) => {
    const { out } = await trust({ client });
    expect(out).toContain(text);
    expect(out).not.toContain('Newman');
  });

  it('refuses a client that it does not know, with the nearest, before it makes anything', async () => {
    const none = join(root, 'none');
    await expect(trust({ client: 'pyhton', certs: none })).rejects.toMatchObject({ exitCode: 2, fix: expect.stringMatching(/Did you mean `python`\? There are: curl, /) });
    expect(existsSync(none)).toBe(false);
  });

  it('says what the environment sets already, whether that holds the CA, and which wins', async () => {
    const other = join(root, 'other.pem');
    writeFileSync(other, 'nothing');
    const env = { CURL_CA_BUNDLE: other, SSL_CERT_FILE: join(dir, 'bundle.pem'), JAVA_TOOL_OPTIONS: '-Xmx1g', JDK_JAVA_OPTIONS: '-Djavax.net.ssl.trustStore=/x' };
    const curl = (await trust({ client: 'curl' }, { env })).out;
    expect(curl).toContain(`CURL_CA_BUNDLE is set to ${other}, which does NOT hold this CA; it wins over SSL_CERT_FILE.`);
    expect(curl).toMatch(/SSL_CERT_FILE is set to .*bundle.pem, which holds this CA; CURL_CA_BUNDLE wins over it/);
    const java = (await trust({ client: 'java' }, { env })).out;
    expect(java).toContain('JDK_JAVA_OPTIONS is set');
    expect(java).not.toContain('JAVA_TOOL_OPTIONS is set');
    expect((await trust({ client: 'python' }, { env: { SSL_CERT_FILE: '/no/such/file\u001b[2J' } })).out).toContain('/no/such/file\\u001b[2J, which does NOT hold this CA (urllib, httpx and aiohttp read it)');
  });
});

describe('rehearsal trust --env', () => {
  it('prints only lines that a shell reads back as they were meant', async () => {
    const { out } = await trust({ env: true });
    expect(out.trim().split('\n').every((line) => line.startsWith('export '))).toBe(true);
    const shell = spawnSync('sh', ['-c', `${out}\nprintf '%s\\n' "$NODE_EXTRA_CA_CERTS" "$SSL_CERT_FILE" "$REQUESTS_CA_BUNDLE" "$CURL_CA_BUNDLE" "$GIT_SSL_CAINFO" "$AWS_CA_BUNDLE" "$REHEARSAL_CA"`], { encoding: 'utf8' });
    const bundle = join(dir, 'bundle.pem');
    expect(shell.stdout.split('\n')).toEqual([join(dir, 'rehearsal-ca.pem'), bundle, bundle, bundle, bundle, bundle, join(dir, 'rehearsal-ca.pem'), '']);
  });

  it('narrows to a client, and refuses one that no variable tells', async () => {
    expect((await trust({ env: true, client: 'node' })).out).toMatch(/^export NODE_EXTRA_CA_CERTS=[^\n]+\n$/);
    await expect(trust({ env: true, client: 'firefox' })).rejects.toMatchObject({ exitCode: 2, fix: expect.stringContaining('rehearsal trust browsers') });
  });

  it('on Windows says that the lines are for sh', async () => {
    expect((await trust({ env: true }, { platform: 'win32' })).err).toContain('PowerShell');
    expect((await trust({ client: 'node' }, { platform: 'win32' })).out).toContain("$env:NODE_EXTRA_CA_CERTS = '");
  });
});

describe('quoting', () => {
  it.each(['plain', 'a b', "it's", '$(id)', '`id`', 'a\nb', '"', '~', '*', '!x', '-n', '\\'])('%j comes through sh whole', (text) => {
    expect(spawnSync('sh', ['-c', `printf '%s' ${posixShell.quote(`/p/${text}`)}; ${posixShell.set('V', text)}; printf '|%s' "$V"`], { encoding: 'utf8' }).stdout).toBe(`/p/${text}|${text}`);
  });

  it('doubles quotes for PowerShell', () => {
    expect(powerShell.set('X', "it's")).toBe("$env:X = 'it''s'");
    expect(powerShell.quote("C:\\a b\\it's")).toBe("'C:\\a b\\it''s'");
    expect(powerShell.quote('C:\\a\\b')).toBe('C:\\a\\b');
  });
});

describe('the recipes, run as they are printed', () => {
  let listening: Listening;
  let url: string;
  beforeAll(async () => {
    listening = await listen({ tls: await openCertificates({ dir, sans: [], selfSigned: false, now: Date.now }), port: 0, httpPort: null, onRequest: (_request, response) => response.end('well'), onHandshakeFailure: () => {} });
    url = `https://localhost:${listening.port}/`;
    await trust();
  });
  afterAll(() => listening.close(0));

  const linesOf = (client: string, way: number): readonly string[] =>
    recipes({ caFile: join(dir, 'rehearsal-ca.pem'), bundleFile: join(dir, 'bundle.pem'), url, platform: 'linux' }).find((recipe) => recipe.id === client)!.ways[way]!.lines;
  const sh = async (...lines: readonly string[]): Promise<string> => (await runClient('sh', ['-e', '-c', lines.join('\n')])).output;

  it.skipIf(!installed('curl'))('curl, both ways (skipped without curl)', async () => {
    expect(await sh(linesOf('curl', 0)[0]!.replace('curl', 'curl -sS'))).toBe('well');
    expect(await sh(...linesOf('curl', 1), `curl -sS ${url}`)).toBe('well');
  });

  it.skipIf(!installed('wget'))('wget (skipped without wget)', async () => {
    expect(await sh(linesOf('wget', 0)[0]!.replace('wget', 'wget -qO-'))).toBe('well');
  });

  it('Node', async () => {
    expect(await sh(...linesOf('node', 0), `${posixShell.quote(process.execPath)} -e 'fetch("${url}").then((r) => r.text()).then(console.log)'`)).toBe('well\n');
  });

  it.skipIf(!installed('python3'))('urllib, by variable and in code (skipped without python3)', async () => {
    const code = linesOf('python', 3);
    expect(await sh(...linesOf('python', 1), `python3 -c 'import urllib.request as u; print(u.urlopen("${url}").read())'`)).toBe("b'well'\n");
    expect((await runClient('python3', ['-c', `import ssl, urllib.request\n${code[0]}\nprint(${code[1]}.read())`])).output).toBe("b'well'\n");
  });

  it.skipIf(!installed('python3', ['-c', 'import requests']))('requests, by variable and in code (skipped without requests)', async () => {
    expect(await sh(...linesOf('python', 0), `python3 -c 'import requests; print(requests.get("${url}").text)'`)).toBe('well\n');
    expect((await runClient('python3', ['-c', `import requests\nprint(${linesOf('python', 2)[0]}.text)`])).output).toBe('well\n');
  });

  // JAVA_TOOL_OPTIONS has no way to write a path that holds both kinds of quotes: here the folder has a plain name.
  it.skipIf(!installed('java') || !installed('keytool', ['-help']))('Java, beside the public roots (skipped without java)', { timeout: 60_000 }, async () => {
    const plain = join(root, 'a folder');
    const certificates = await openCertificates({ dir: plain, sans: [], selfSigned: false, now: Date.now });
    const server = await listen({ tls: certificates, port: 0, httpPort: null, onRequest: (_request, response) => response.end('well'), onHandshakeFailure: () => {} });
    const source = join(root, 'Client.java');
    writeFileSync(source, javaClient);
    const [java] = recipes({ caFile: certificates.caFile, bundleFile: '', url, platform: 'linux' }).filter((recipe) => recipe.id === 'java');
    const output = await sh(...java!.ways[0]!.lines, `java ${posixShell.quote(source)} https://localhost:${server.port}/`);
    expect(output).toContain('HttpClient 200\nURL 200');
    await server.close(0);
    expect(readFileSync(certificates.caFile, 'utf8')).toBe(certificates.caPem);
  });
});
