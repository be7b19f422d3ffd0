import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ask, multipart } from '../support/client.ts';
import { runProgram, says, startProgram, type Started } from '../support/program.ts';
import { temporaryFolder } from '../support/rehearsal.ts';
import { openRaw } from '../security/raw.ts';

let certs: string;

beforeAll(() => {
  certs = temporaryFolder('certs');
});

function project(): string {
  const folder = temporaryFolder('ending');
  for (const name of ['scenarios', 'tmp']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'scenarios/one.yaml'), `scenario: one
routes:
  GET /count: { respond: { text: '\${{ call }}' } }
  POST /report: { respond: { json: { ok: true } } }
  GET /hang: { respond: { text: x, fault: hang } }
  GET /events: { respond: { sse: true, stream: [{ text: a }, { text: b, delay: 1 h }] } }
  GET /made: { respond: { bytes: 200 MB } }
  GET /late: { respond: { text: late, delay: 300 ms } }
`);
  return folder;
}

const start = (folder: string, ...args: string[]): Promise<Started> => startProgram(['--certs', certs, '--no-watch', ...args], { cwd: folder, env: { TMPDIR: join(folder, 'tmp') } });
const left = (folder: string): string[] => readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('rehearsal-'));
const reach = (started: Started): { port: number; ca: string } => ({ port: started.ready.port, ca: started.ca });

async function begin(started: Started, bytes: string): Promise<void> {
  const socket = await openRaw(reach(started));
  socket.on('error', () => undefined).resume();
  socket.write(Buffer.from(bytes, 'latin1'));
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const { headers, body } = multipart({ file: { filename: 'a.zip', content: Buffer.alloc(2_000_000, 'z') } });
const halfUpload = `POST /report HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${headers['Content-Type']}\r\nContent-Length: ${body.length}\r\n\r\n${body.subarray(0, 1_000_000).toString('latin1')}`;

describe('SIGTERM', () => {
  test('lets go of what hangs, ends event streams and idle connections, finishes answers, removes the temporary folder, and exits with 0', async () => {
    const folder = project();
    const started = await start(folder);
    for (const bytes of [get('/hang'), get('/made'), get('/_rehearsal/events'), '']) await begin(started, bytes);
    const late = ask(started, '/late');
    await ask(started, '/count');
    expect(left(folder)).toHaveLength(1);
    started.child.kill('SIGTERM');
    expect((await late).text).toBe('late');
    expect(await started.ended()).toBe(0);
    expect(left(folder)).toEqual([]);
    expect(started.stderr()).toContain('Stopping');
    expect(started.stderr()).not.toMatch(/failed|\n\s+at /);
  });

  test('a second time ends at once, uploads and streams under way or not, and still leaves no temporary folder', async () => {
    const folder = project();
    const started = await start(folder);
    for (const bytes of [halfUpload, get('/events')]) await begin(started, bytes);
    await expect.poll(() => readdirSync(join(folder, 'tmp', left(folder)[0]!, 'reports')).length).toBe(1);
    started.child.kill('SIGTERM');
    await says(started, () => started.stderr().includes('Stopping'));
    started.child.kill('SIGTERM');
    expect(await started.ended()).toBe(130);
    expect(left(folder)).toEqual([]);
  });

  test('and SIGINT are the same, quiet or not', async () => {
    const folder = project();
    const started = start(folder, '--quiet').catch((error: unknown) => error as Error);
    const ready = await started;
    if (ready instanceof Error) throw ready;
    ready.child.kill('SIGINT');
    expect(await ready.ended()).toBe(0);
  });
});

describe('kill -9 with --data', () => {
  test('loses nothing that was said to be stored, and the next start serves on', async () => {
    const folder = project();
    const data = join(folder, 'data');
    const first = await start(folder, '--data', data);
    expect((await ask(first, '/report', { headers, body })).status).toBe(200);
    for (const expected of ['1', '2', '3']) expect((await ask(first, '/count')).text).toBe(expected);
    await begin(first, halfUpload);
    await expect.poll(() => readdirSync(join(data, 'reports')).filter((name) => name.endsWith('.part')).length).toBe(1);
    await expect.poll(() => existsSync(join(data, 'worlds.json')) && readFileSync(join(data, 'worlds.json'), 'utf8')).toMatch(/count":3/);
    await expect.poll(() => existsSync(join(data, 'journal.ndjson')) && readFileSync(join(data, 'journal.ndjson'), 'utf8').split('\n').length).toBe(5);
    first.child.kill('SIGKILL');
    await first.ended();

    const second = await start(folder, '--data', data);
    expect((await ask(second, '/count')).text).toBe('4');
    const reports = (await ask(second, '/_rehearsal/reports')).json();
    expect([reports.total, reports.items[0].sizeBytes]).toEqual([1, 2_000_000]);
    expect(readdirSync(join(data, 'reports')).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect((await ask(second, '/_rehearsal/journal')).json().total).toBe(5);
    second.child.kill('SIGTERM');
    expect(await second.ended()).toBe(0);
  });
});

describe('a data folder', () => {
  test('with a damaged worlds.json is used, the file put aside and the loss told', async () => {
    const folder = project();
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/worlds.json'), '{"everybody":{},"sessions":[null]}');
    const started = await start(folder, '--data', 'data');
    expect((await ask(started, '/count')).text).toBe('1');
    expect(started.stderr()).toContain('worlds.json is damaged');
    started.child.kill('SIGTERM');
    expect(await started.ended()).toBe(0);
    expect(readdirSync(join(folder, 'data')).sort()).toEqual(expect.arrayContaining(['worlds.json', 'worlds.json.broken']));
  });

  test.each([['a file', 'scenarios/one.yaml'], ['under a file', 'scenarios/one.yaml/data'], ...(process.getuid?.() === 0 ? [] : [['not writable', '/usr/rehearsal-data']])])('that is %s ends the start with 3 and one line', async (_what, data) => {
    const folder = project();
    const { code, stderr } = await runProgram(['start', '--certs', certs, '--port', '0', '--data', data!], { cwd: folder });
    expect([code, stderr.trimEnd().split('\n').length]).toEqual([3, 1]);
    expect(stderr).toMatch(/^rehearsal: The data folder .* cannot be used: .*--data/);
  });

  test('that another server uses ends the start with 3 and one line', async () => {
    const folder = project();
    const first = await start(folder, '--data', 'data');
    const { code, stderr } = await runProgram(['start', '--certs', certs, '--port', '0', '--data', 'data'], { cwd: folder });
    expect([code, stderr.trimEnd().split('\n').length]).toEqual([3, 1]);
    expect(stderr).toContain('another rehearsal server is using it');
    first.child.kill('SIGTERM');
    await first.ended();
  });

  test('that cannot be written when the run ends: told in one line, the rest is closed all the same, and the exit code is 3', async () => {
    const folder = project();
    const started = await start(folder, '--data', 'data');
    mkdirSync(join(folder, 'data/worlds.json/inner'), { recursive: true });
    expect((await ask(started, '/count')).text).toBe('1');
    started.child.kill('SIGTERM');
    expect(await started.ended()).toBe(3);
    expect(started.stderr()).toMatch(/\nrehearsal: What sessions remember could not be written to .*worlds\.json: /);
    expect(started.stderr()).not.toMatch(/\n\s+at /);
    expect(readFileSync(join(folder, 'data/journal.ndjson'), 'utf8')).toContain('/count');
    expect(existsSync(join(folder, 'data/.lock'))).toBe(false);
  });
});

test('a reader that goes away after the ready line ends no server', async () => {
  const folder = project();
  const started = await start(folder, '--log', 'text');
  started.child.stdout!.destroy();
  started.child.stderr!.destroy();
  for (const path of ['/nope', '/count', '/nope', '/count']) await ask(started, path);
  expect((await ask(started, '/count')).text).toBe('3');
  started.child.kill('SIGTERM');
  expect(await started.ended()).toBe(0);
});
