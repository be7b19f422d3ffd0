import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EnvironmentProblem, ScenarioMistakes, startRehearsal, UsageProblem, type RehearsalOptions, type ScenarioInput } from '../../src/index.ts';
import { startServer } from '../../src/server/start.ts';
import { defaultSettings } from '../../src/server/settings.ts';
import { ask, askJson, multipart } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';
import { openRaw, sendRaw, statusesOf } from '../security/raw.ts';

const certs = temporaryFolder('certs');
const hello = (text: string): ScenarioInput => ({ scenario: 'hello', routes: { 'GET /': { respond: { text } }, 'GET /count': { respond: { text: '${{ call }}' } } } });

describe('servers in one process', () => {
  test('run side by side, each with its own scenarios, counters and journal', async () => {
    const servers = await Promise.all(Array.from({ length: 8 }, (_, index) => startRehearsal({ certs, scenarios: hello(`server ${index}`) })));
    const texts = await Promise.all(servers.map(async (server) => `${(await ask(server, '/')).text} ${(await ask(server, '/count')).text}`));
    expect(texts).toEqual(servers.map((_, index) => `server ${index} 1`));
    expect(servers.map((server) => server.journal().total)).toEqual(servers.map(() => 2));
    expect(new Set(servers.map((server) => server.port)).size).toBe(8);
    await Promise.all(servers.map((server) => server.close()));
    await expect(ask(servers[0]!, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('close once, however often they are told to, and free their port and data folder', async () => {
    const data = join(temporaryFolder('data'), 'kept');
    const first = await startRehearsal({ certs, data, scenarios: hello('a') });
    await ask(first, '/count');
    await Promise.all([first.close(), first.close(), first.close()]);
    await first.close();
    const second = await startRehearsal({ certs, data, port: first.port, scenarios: hello('a') });
    expect((await ask(second, '/count')).text).toBe('2');
    expect(second.journal().total).toBe(2);
    await second.close();
  });

  test('close with `await using` when the block ends, also by an exception', async () => {
    let port = 0;
    await expect((async () => {
      await using server = await startRehearsal({ certs, scenarios: hello('a') });
      port = server.port;
      expect((await ask(server, '/')).text).toBe('a');
      throw new Error('a failed test');
    })()).rejects.toThrow('a failed test');
    await expect(ask({ url: `https://localhost:${port}`, ca: '' }, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('wait for answers under way, and end what would never end within the grace', async () => {
    const folder = temporaryFolder('closing');
    const server = await startServer({ ...defaultSettings, port: 0, watch: false, paths: [], certs, data: join(folder, 'data'), objects: [{ scenario: 'slow', routes: {
      'GET /soon': { respond: { text: 'soon', delay: '150 ms' } }, 'GET /hang': { respond: { text: 'x', fault: 'hang' } }, 'GET /late': { respond: { text: 'x', delay: '1 h' } }, 'POST /report': { respond: {} },
      'GET /events': { respond: { sse: true, stream: [{ text: 'a' }, { text: 'b', delay: '1 h' }] } }, 'GET /made': { respond: { bytes: '1 GiB', throttle: '1 kB/s' } },
    } }] }, { write: () => undefined, loadAdmin: (await import('../../src/admin/load-admin.ts')).loadAdmin });
    const reach = { port: server.port, url: server.url, ca: server.certificates.caPem };
    const { headers, body } = multipart({ file: { filename: 'a', content: Buffer.alloc(50_000) } });
    const heads = ['/hang', '/late', '/events', '/made', '/_rehearsal/events'].map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const upload = `POST /report HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${headers['Content-Type']}\r\nContent-Length: ${body.length}\r\n\r\n${body.subarray(0, 20_000).toString('latin1')}`;
    const never = [...heads, upload].map((bytes) => sendRaw(reach, bytes));
    const soon = ask(reach, '/soon');
    const idle = await openRaw(reach);
    const idleClosed = once(idle, 'close');
    idle.resume();
    await expect.poll(() => server.control.journal.list()!.total + server.control.sessions().length).toBeGreaterThan(0);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    await server.close(400);
    expect((await soon).text).toBe('soon');
    const texts = await Promise.all(never);
    await idleClosed;
    expect(texts.map((text) => statusesOf(text)[0] ?? null)).toEqual([null, null, 200, 200, 200, null]);
    await expect(openRaw(reach)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(existsSync(join(folder, 'data/worlds.json'))).toBe(true);
    const kept = readFileSync(join(folder, 'data/journal.ndjson'), 'utf8').trimEnd().split('\n').map((line) => (JSON.parse(line) as { url: string }).url);
    expect(kept.sort()).toEqual(['/events', '/hang', '/late', '/made', '/report', '/soon']);
  });
});

describe('a program that starts, asks and closes', () => {
  const index = join(import.meta.dirname, '../../dist/index.js');
  const run = async (body: string): Promise<{ code: number | null; out: string }> => {
    const folder = temporaryFolder('child');
    const file = join(folder, 'program.mjs');
    writeFileSync(file, `import { startRehearsal } from ${JSON.stringify(index)};\nimport { get } from 'node:https';\nconst ask = (server, path) => new Promise((done, fail) => get(server.url + path, { ca: server.ca, agent: false }, (r) => { r.setEncoding('utf8'); let t = ''; r.on('data', (c) => (t += c)); r.on('end', () => done(t)); }).on('error', fail));\nconst options = { certs: ${JSON.stringify(certs)}, scenarios: { scenario: 'hello', routes: { 'GET /': { respond: { text: 'hi' } } } } };\n${body}\n`);
    const child = spawn(process.execPath, [file], { cwd: folder, env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out };
  };

  test('ends by itself: nothing is left alive', async () => {
    const { code, out } = await run(`
      const server = await startRehearsal({ ...options, watch: true, http: 0 });
      console.log(await ask(server, '/'));
      console.log(await ask(server, '/_rehearsal/health').then((text) => JSON.parse(text).status));
      await server.close();
      console.log(process.getActiveResourcesInfo().filter((name) => !/^(PipeWrap|TTYWrap|FSReq|Immediate|CloseReq)/.test(name)).join());`);
    expect([code, out]).toEqual([0, 'hi\nok\n\n']);
  });

  test('and one that forgets to close leaves no temporary folder when it exits', async () => {
    const { code, out } = await run(`
      import { readdirSync } from 'node:fs';
      import { tmpdir } from 'node:os';
      const server = await startRehearsal(options);
      const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('rehearsal-')).length;
      console.log(folders());
      process.on('exit', () => console.log(folders()));
      process.exit(0);`);
    expect([code, out]).toEqual([0, '1\n0\n']);
  });
});

describe('what is given wrongly', () => {
  test('scenario objects with mistakes throw all of them, and the message lists them', async () => {
    const wrong: ScenarioInput = {
      scenario: 'wrong',
      routes: {
        // @ts-expect-error -- the types know the keys of a rule
        'GET /a': { respnod: { text: 'x' } },
        // @ts-expect-error -- and of a reply
        'GET /b': { respond: { txet: 'x' } },
        // @ts-expect-error -- and that a status is a number or an expression
        'GET /c': { respond: { status: true } },
      },
    };
    const error = await startRehearsal({ certs, scenarios: wrong }).then(() => null, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ScenarioMistakes);
    const { diagnostics, message } = error as ScenarioMistakes;
    expect(diagnostics.length).toBeGreaterThanOrEqual(3);
    expect(diagnostics[0]).toMatchObject({ file: 'scenario object 1', line: expect.any(Number), column: expect.any(Number), code: expect.any(String), message: expect.any(String) });
    expect(message).toContain('Did you mean `respond`?');
    expect(message).toContain('Did you mean `text`?');
  });

  test('a scenario that is none of the kind is a mistake, too', async () => {
    for (const scenarios of [null, 5, [], {}, { scenario: 'x', routes: null }, { routes: {} }, [[]], { scenario: 'x', routes: { 'GET /': () => 1 } }]) {
      const error = await startRehearsal({ certs, scenarios } as RehearsalOptions).then((server) => server.close(), (thrown: unknown) => thrown);
      if (error !== undefined) expect([scenarios, (error as Error).name]).toEqual([scenarios, 'ScenarioMistakes']);
    }
  });

  test.each<[RehearsalOptions, RegExp]>([
    [{ port: 70_000 }, /port: expected a whole number from 0 to 65535, got 70000/], [{ port: Number.NaN }, /port: expected/], [{ journal: 0 }, /journal: expected/], [{ maxSessions: -1 }, /maxSessions: expected/],
    [{ publicUrl: 'partner.test' }, /publicUrl: expected a URL/], [{ maxBody: '2' }, /maxBody/], [{ clock: 'tomorrow' }, /clock/], [{ scenario: 'nope' }, /There is no scenario `nope`/], [{ seed: 1.5 }, /seed: expected/],
    [{ strict: 'no' } as unknown as RehearsalOptions, /strict: expected `true` or `false`, got no/],
    [{ scenaro: 'hello' } as RehearsalOptions, /has no option `scenaro`/],
  ])('%j is a UsageProblem that says what was expected', async (options, message) => {
    const error = await startRehearsal({ certs, scenarios: hello('a'), ...options }).then((server) => server.close(), (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageProblem);
    expect((error as UsageProblem).message).toMatch(message);
  });

  test('surroundings that do not allow it are an EnvironmentProblem with what to do, and leave nothing open', async () => {
    const folder = temporaryFolder('environment');
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'data/reports'), { recursive: true });
    const taken = await rehearse({ scenarios: hello('a'), data: join(folder, 'data') });
    for (const options of [{ data: join(folder, 'file') }, { data: join(folder, 'file/inner') }, { data: join(folder, 'data') }, { port: taken.port }, { host: '203.0.113.7' }, { certs: join(folder, 'file') }]) {
      const error = await startRehearsal({ certs, scenarios: hello('a'), ...options }).then((server) => server.close(), (thrown: unknown) => thrown);
      expect([options, error instanceof EnvironmentProblem, (error as EnvironmentProblem).fix?.length > 10]).toEqual([options, true, true]);
    }
    expect((await ask(taken, '/')).text).toBe('a');
  });
});

test('the journal has an exchange as soon as the client has its answer, in however many pieces it came', async () => {
  const respond = { '/stream': { stream: [{ text: 'a' }, { text: 'b' }] }, '/large': { bytes: '5 MB' }, '/throttled': { bytes: '20 KB', throttle: '2 MB/s' }, '/json': { json: { long: 'x'.repeat(500_000) } } };
  const routes = Object.fromEntries(Object.entries(respond).map(([path, reply]) => [`GET ${path}`, { respond: reply }]));
  const server = await rehearse({ scenarios: { scenario: 'pieces', routes } });
  let asked = 0;
  for (let round = 0; round < 5; round += 1) {
    for (const path of Object.keys(respond)) {
      await ask(server, path);
      expect([path, server.journal({ limit: 1 }).total]).toEqual([path, (asked += 1)]);
    }
  }
});

test('a filter of the journal that is misspelled is a UsageProblem, and does not list everything', async () => {
  const server = await rehearse({ scenarios: hello('a') });
  const misspelled = { unmatch: true } as { unmatched?: boolean };
  const problem = expect.objectContaining({ name: 'UsageProblem', message: 'The journal has no filter `unmatch`', fix: 'Did you mean `unmatched`?' });
  expect(() => server.journal(misspelled)).toThrow(problem);
  expect(() => server.session('one').journal(misspelled)).toThrow(problem);
});

test('sessions of the library have their own url, selection, journal and reports', async () => {
  const server = await rehearse({ scenarios: [hello('root'), { scenario: 'hello-b', extends: 'hello', routes: { 'GET /': { respond: { text: 'b' } } } }] });
  const partner = server.session('checkout');
  const other = server.session('other');
  partner.use('hello-b');
  const at = async (url: string): Promise<string> => (await ask(server, new URL(`${url}/`).pathname)).text;
  expect([await at(partner.url), await at(other.url), await at(server.url)]).toEqual(['b', 'root', 'root']);
  expect([partner.journal().total, other.journal().total, server.journal().total]).toEqual([1, 1, 3]);
  expect((await ask(server, '/', { headers: partner.headers })).text).toBe('b');
  await partner.reset();
  expect([await at(partner.url), partner.journal().total]).toEqual(['root', 1]);
  expect(() => partner.use('nope')).toThrow(UsageProblem);
  expect(() => server.session('a b')).toThrow(UsageProblem);
  expect(() => server.journal({ after: 'nope' })).toThrow(UsageProblem);
  await askJson(server, '/nowhere', {});
  const [unmatched] = server.journal({ unmatched: true });
  expect((await server.exchange(unmatched!.id))?.request.body.text).toBe('{}');
});
