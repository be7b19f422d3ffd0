import { execFile, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { curlLine } from '../../src/console/exchange/curl-line.js';
import { routeLine } from '../../src/console/routes/route-line.js';
import { ask, type Ask } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';

const hasCurl = spawnSync('curl', ['--version']).status === 0;
const folder = temporaryFolder('curl-line');

describe('an exchange as a curl line', () => {
  const cases: readonly (readonly [string, string, Ask])[] = [
    ['a plain request', '/a?b=c', { headers: { Accept: '*/*', 'X-One': "it's $HOME `id`" } }],
    ['JSON', '/j', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{"text":"\'; touch pwned; \'","n":1}' }],
    ['a body that a file name could be read from', '/f', { body: '@/etc/hostname' }],
    ['line breaks and control characters', '/c', { headers: { 'Content-Type': 'text/plain' }, body: 'a\r\nb\u001b[31m\u0000' }],
    ['bytes', '/b', { headers: { 'Content-Type': 'application/octet-stream' }, body: Buffer.from([0, 255, 10, 39]) }],
    ['brackets and dots in the path', '/x/%7Ba%7D/[1]?q={a,b}', { method: 'DELETE' }],
  ];

  it.runIf(hasCurl).each(cases)('sends %s again as it was, and runs nothing', async (_name, path, options) => {
    const server = await rehearse({ scenarios: { scenario: 's', routes: { 'ANY /**': { respond: { text: 'ok' } } } } as never });
    writeFileSync(join(folder, 'rehearsal-ca.pem'), server.ca);
    await ask(server, path, options);
    const first = (await server.exchange(server.journal()[0]!.id))!;
    await runShell(curlLine(first, [], server.url));
    const again = (await server.exchange(server.journal()[0]!.id))!;
    const seen = ({ method, url, request }: typeof first): unknown => [method, url, request.body, Object.entries(request.headers).filter(([name]) => !['connection', 'transfer-encoding', 'content-length'].includes(name)).sort()];
    expect(again.id).not.toBe(first.id);
    expect(seen(again)).toEqual(seen(first));
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  it('never reads a file that the request chose', () => {
    const report = { id: 'r1', exchange: 'e', session: 's', part: 'x=@/etc/passwd;y', filename: '../../etc/passwd', type: 'a/b;filename=c', sizeBytes: 9, sha256: '', at: '', entries: null, problem: null };
    const exchange = { method: 'POST', url: '/u', request: { headers: { 'content-type': 'multipart/form-data' }, body: { text: 'cut', base64: null, sizeBytes: 100_000, sha256: '' } } };
    expect(curlLine(exchange as never, [report], 'https://localhost')).toBe("curl --cacert rehearsal-ca.pem -H user-agent: -H accept: -F 'x__/etc/passwd_y=@passwd;type=a/b_filename_c' https://localhost/u");
    expect(curlLine(exchange as never, [{ ...report, part: null, filename: '-K/x' }], 'https://localhost')).toContain('--data-binary @x ');
  });
});

describe('a route as a curl line', () => {
  it('fills names, and says which scenario when that is not in use', () => {
    expect(routeLine({ method: 'GET', path: '/a/{id}/**', scenario: 's', active: true }, 'https://localhost:5000')).toBe('curl --cacert rehearsal-ca.pem https://localhost:5000/a/1/');
    expect(routeLine({ method: 'DELETE', path: "/it's", scenario: 's', active: false }, 'http://localhost:1')).toBe("curl -X DELETE -H 'Rehearsal-Scenario: s' 'http://localhost:1/it'\\''s'");
  });
});

function runShell(line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', line], { cwd: folder, timeout: 10_000 }, (error) => (error ? reject(error) : resolve()));
  });
}
