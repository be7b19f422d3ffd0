import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { isAbsolute, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask } from '../support/client.ts';
import { runProgram, says, startProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/rehearsal.ts';

const bodies = `
scenario: bodies
collections:
  things:
    rows: [{ id: 1, name: washer, size: 3 }]
    schema: { type: object, additionalProperties: false, required: [name, size], properties: { id: { type: integer }, name: { type: string, minLength: 6 }, size: { type: integer, minimum: 3 }, made: { type: string } } }
    onInsert: { made: '\${{ now }}' }
routes:
  POST /json: { expect: { json: { id: 9007199254740993, name: Ada, tags: [{ startsWith: a }], age: { min: 18 }, gone: { present: false } } }, respond: {} }
  POST /schema: { expect: { schema: { type: object, required: [code, at], properties: { code: { enum: [x, y] }, at: { type: string, format: date-time }, note: {} } } }, respond: {} }
  PUT /pattern: { expect: { schema: { type: object, required: [code], properties: { code: { type: string, pattern: '^[A-Z]{3}[0-9]$' } } } }, respond: {} }
  POST /form: { expect: { form: { user: 'a b&c', age: { above: 17 } } }, respond: {} }
  POST /parts: { expect: { multipart: { note: it's fine, meta: { json: { id: 1 } }, file: { filename: { matches: '(?i)[.]CSV$' }, type: text/csv } } }, respond: {} }
  POST /text: { expect: { text: { contains: well } }, respond: {} }
  POST /either: [{ when: { any: [{ json: { a: 1 } }, { json: { b: 1 } }] }, respond: {} }]
  POST /row: { expect: { schema: { type: [object, array] } }, do: { insert: { in: things, value: '\${{ body }}', as: made_row } }, respond: { status: 201 } }
  POST /named: { respond: { json: { hello: '\${{ body.name }}' } } }
  POST /plain: { respond: { status: 204 } }
resources:
  /rows: { of: things }
`;
const hello = 'scenario: hello\nroutes:\n  GET /hello: { respond: { text: hello } }\n';

function folderWith(name: string, scenario = hello): string {
  const folder = temporaryFolder(name);
  mkdirSync(join(folder, 'scenarios'));
  writeFileSync(join(folder, 'scenarios/hello.yaml'), scenario);
  return folder;
}

describe('rehearsal start', () => {
  test('is ready when it says so, tells where everything is, and ends with 0 on SIGTERM', async () => {
    const cwd = folderWith('start');
    const started = await startProgram([], { cwd });
    const { ready } = started;
    expect((await ask(started, '/hello')).text).toBe('hello');
    expect(Object.keys(ready)).toEqual(['url', 'httpUrl', 'consoleUrl', 'adminUrl', 'port', 'caFile', 'pid', 'scenarios']);
    expect(ready).toMatchObject({ url: `https://localhost:${ready.port}`, httpUrl: null, pid: started.child.pid, scenarios: ['hello'] });
    expect(isAbsolute(ready.caFile)).toBe(true);
    await says(started, () => started.stdout().endsWith('\n'));
    const [line] = started.stdout().split('\n');
    for (const fact of [ready.url, ready.consoleUrl!, ready.caFile, 'hello']) expect(line).toContain(fact);
    expect(statSync(join(cwd, 'certs/rehearsal-ca.key')).mode & 0o777).toBe(0o600);
    started.child.kill('SIGTERM');
    expect(await started.ended()).toBe(0);
  });

  test('prints every mistake like a compiler and ends with 1', async () => {
    const cwd = folderWith('mistakes', 'scenario: hello\nroutes:\n  GET /hello: { respnod: { text: hello } }\n  GET /x: { respond: { file: nope.zip } }\n');
    const ended = await runProgram(['start', '--port', '0'], { cwd });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^scenarios\/hello\.yaml:3:17 .*Did you mean `respond`\?/m);
    expect(ended.stderr).toMatch(/^scenarios\/hello\.yaml:4:\d+ .*nope\.zip/m);
  });

  test.each([
    [['--port', 'x'], '--port'],
    [['--max-body', '12 parsecs'], '--max-body'],
    [['--clock', 'noon'], '--clock'],
    [['--scenario', 'hullo'], 'Did you mean `hello`?'],
    [['--log', 'xml'], '--log'],
    [['--nonsense'], '--nonsense'],
    [['--workers', '2'], '--workers is not built yet'],
    [['--store', 'memory'], '--store is not built yet'],
  ])('wrong usage %j ends with 2 and says what to do in one line', async (args, word) => {
    const ended = await runProgram(['start', '--port', '0', ...args], { cwd: folderWith('usage') });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(word);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a ready file that an earlier run left is gone before a new start is decided', async () => {
    const cwd = folderWith('stale', 'scenario: hello\nroutes: 5\n');
    writeFileSync(join(cwd, 'ready.json'), '{}');
    expect((await runProgram(['start', '--port', '0', '--ready-file', 'ready.json'], { cwd })).code).toBe(1);
    expect(existsSync(join(cwd, 'ready.json'))).toBe(false);
  });

  test('with `--log json` every line on standard error is JSON', async () => {
    const started = await startProgram(['--log', 'json'], { cwd: folderWith('log') });
    await ask(started, '/hello');
    started.child.kill();
    expect(await started.ended()).toBe(0);
    const events = started.stderr().trim().split('\n').map((line) => JSON.parse(line).event);
    expect(events).toContain('exchange');
    expect(new Set(events)).toEqual(new Set(['info', 'exchange']));
  });

  test('a port in use ends with 3 and says by whom to look', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const ended = await runProgram(['start', '--port', String(port)], { cwd: folderWith('port') });
    blocker.close();
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain(String(port));
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a flag wins over the environment, the environment over the file', async () => {
    const cwd = folderWith('settings');
    writeFileSync(join(cwd, 'rehearsal.config.yaml'), 'seed: 1\npublic-url: https://file.test\nquiet: true\n');
    const file = await startProgram([], { cwd });
    expect(file.ready.url).toBe('https://file.test');
    file.child.kill();
    await file.ended();
    const env = await startProgram([], { cwd, env: { REHEARSAL_PUBLIC_URL: 'https://env.test' } });
    expect(env.ready.url).toBe('https://env.test');
    env.child.kill();
    await env.ended();
    const flag = await startProgram(['--public-url', 'https://flag.test'], { cwd, env: { REHEARSAL_PUBLIC_URL: 'https://env.test' } });
    expect(flag.ready.url).toBe('https://flag.test');
    expect(flag.stdout()).toBe('');
  });

  test('a wrong key of the file ends with 2 and names it', async () => {
    const cwd = folderWith('config');
    writeFileSync(join(cwd, 'rehearsal.config.yaml'), 'prot: 1\n');
    const ended = await runProgram(['start'], { cwd });
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('Did you mean `port`?')]);
  });

  test('plain HTTP is served beside HTTPS when asked for', async () => {
    const started = await startProgram(['--http', '0'], { cwd: folderWith('http') });
    expect(await (await fetch(`${started.ready.httpUrl}/hello`)).text()).toBe('hello');
  });

  test('the admin API is off on an address that others can reach, and the ready line says so', async () => {
    const started = await startProgram(['--host', '0.0.0.0'], { cwd: folderWith('open') });
    expect(started.ready.adminUrl).toBeNull();
    await says(started, () => started.stdout().endsWith('\n'));
    expect(started.stdout().trim()).toMatch(/^Rehearsal is ready .*the admin API is off .*--admin-token/);
    const local = { url: `https://127.0.0.1:${started.ready.port}`, ca: started.ca };
    expect((await ask(local, '/_rehearsal/journal')).status).toBe(404);
    expect((await ask(local, '/hello')).status).toBe(200);
  });

  test('reports, journal and selections outlive the run with --data', async () => {
    const cwd = folderWith('data', `${hello}  POST /report: { respond: { json: { sha: '\${{ parts.file.sha256 }}' } } }\n`);
    const first = await startProgram(['--data', 'kept'], { cwd });
    const body = '--b\r\nContent-Disposition: form-data; name="file"; filename="r.txt"\r\n\r\nreport\r\n--b--\r\n';
    const sent = await ask(first, '/report', { body, headers: { 'Content-Type': 'multipart/form-data; boundary=b' } });
    expect(sent.status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.ended()).toBe(0);
    const second = await startProgram(['--data', 'kept'], { cwd });
    const reports = (await ask(second, '/_rehearsal/reports')).json();
    expect(reports.items).toHaveLength(1);
    expect(reports.items[0]).toMatchObject({ filename: 'r.txt', part: 'file', sizeBytes: 6, sha256: sent.json().sha });
    expect((await ask(second, `/_rehearsal/reports/${reports.items[0].id}/content`)).text).toBe('report');
    expect((await ask(second, '/_rehearsal/journal?path=/report')).json().total).toBe(1);
    const refused = await runProgram(['start', '--port', '0', '--data', 'kept'], { cwd });
    expect(refused.code).toBe(3);
  });
});

describe('other commands', () => {
  test('init writes a first project that check finds clean and start serves', async () => {
    const cwd = temporaryFolder('init');
    expect((await runProgram(['init', 'mine'], { cwd })).code).toBe(0);
    const mine = join(cwd, 'mine');
    expect((await runProgram(['check'], { cwd: mine })).code).toBe(0);
    const started = await startProgram([], { cwd: mine });
    expect((await ask(started, '/api/tasks/download?id=1')).bytes.subarray(0, 2).toString()).toBe('PK');
    expect((await runProgram(['init', 'mine'], { cwd })).code).toBe(2);
  });

  test('routes prints a curl line for each route, and the line works', async () => {
    const cwd = folderWith('routes');
    const started = await startProgram([], { cwd });
    const routes = await runProgram(['routes', '--public-url', started.url], { cwd });
    expect(routes.code).toBe(0);
    const line = routes.stdout.split('\n').find((one) => one.includes('curl '))!.trim();
    const { execFileSync } = await import('node:child_process');
    expect(execFileSync('sh', ['-c', `${line} -sS`], { encoding: 'utf8' })).toBe('hello');
  });

  test('the curl lines of routes that take a body send one that fits', async () => {
    const cwd = folderWith('bodies', bodies);
    writeFileSync(join(cwd, 'report.csv'), 'a,b');
    const started = await startProgram(['--strict'], { cwd });
    const { stdout } = await runProgram(['routes', '--public-url', started.url], { cwd });
    const lines = stdout.split('\n').filter((one) => /curl .*-X (?:POST|PUT|PATCH) /.test(one));
    const { execFileSync } = await import('node:child_process');
    const answers = lines.map((line) => execFileSync('sh', ['-c', `${line.trim()} -sS -o answer -w '%{http_code} %{url}'`], { cwd, encoding: 'utf8' }).replace(started.url, ''));
    expect(answers).toEqual(['204 /json', '204 /schema', '204 /pattern', '204 /form', '204 /parts', '204 /text', '204 /either', '201 /row', '200 /named', '204 /plain', '201 /rows', '200 /rows/1', '200 /rows/1']);
    expect((await ask(started, '/_rehearsal/journal?violations')).json().items).toEqual([]);
    expect(lines.find((line) => line.endsWith('/plain'))).not.toContain('--data');
    expect(lines[0]).toContain(`-H 'Content-Type: application/json' --data-raw '{"id":9007199254740993,"name":"Ada","tags":["a"],"age":18}'`);
  });

  test('schema prints the JSON Schema that stands in scenarios/', async () => {
    const printed = await runProgram(['schema']);
    expect(printed.code).toBe(0);
    expect(JSON.parse(printed.stdout)).toEqual(JSON.parse(readFileSync(join(import.meta.dirname, '../../scenarios/scenario.schema.json'), 'utf8')));
  });

  test('an unknown command ends with 2', async () => {
    const ended = await runProgram(['strat']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toBe("rehearsal: unknown command 'strat' (Did you mean start?). See `rehearsal --help`\n");
  });

  test('trust makes the CA and names its file', async () => {
    const cwd = temporaryFolder('trust');
    const ended = await runProgram(['trust', '--env'], { cwd });
    expect(ended.code).toBe(0);
    expect(existsSync(join(cwd, 'certs/rehearsal-ca.pem'))).toBe(true);
    for (const line of ended.stdout.trim().split('\n')) expect(line).toMatch(/^export [A-Z_]+=/);
  });

  test('trust tells of the certificate that the server is set to serve, a self-signed one too', async () => {
    const cwd = temporaryFolder('trust-self-signed');
    const ended = await runProgram(['trust', '--env'], { cwd, env: { REHEARSAL_SELF_SIGNED: 'true' } });
    expect(ended.stdout).toContain(`REHEARSAL_CA=${join(cwd, 'certs/self-signed.pem')}\n`);
  });
});
