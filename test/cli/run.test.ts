import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { launch, runProgram, type Finished } from '../support/program.ts';
import { temporaryFolder } from '../support/rehearsal.ts';
import { whenTestsEnd } from '../support/cleanup.ts';

const certs = temporaryFolder('certs');
const scenario = `scenario: partner
routes:
  GET /tasks: { respond: { json: { tasks: [] } } }
  POST /report:
    name: reports
    expect: { headers: { x-client: { present: true } } }
    respond: { json: { ok: true } }
  GET /big: { respond: { bytes: 30 MB } }
`;

function project(text = scenario): string {
  const folder = temporaryFolder('run');
  for (const name of ['scenarios', 'tmp']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'scenarios/partner.yaml'), text);
  return folder;
}

const surroundings = (folder: string): { cwd: string; env: Record<string, string> } => ({ cwd: folder, env: { TMPDIR: join(folder, 'tmp'), REHEARSAL_CERTS: certs, NO_PROXY: 'localhost', no_proxy: 'localhost' } });

/** `rehearsal run OPTIONS -- node -e SCRIPT`; `get` and `post` ask the server. */
function runNode(folder: string, options: readonly string[], script: string): Promise<Finished> {
  const ask = 'const ask = async (path, options) => (await fetch(process.env.REHEARSAL_URL + path, options)).text(); const post = (path, headers) => ask(path, { method: "POST", headers });';
  return runProgram(['run', ...options, '--', process.execPath, '--input-type=module', '-e', `${ask} ${script}`], surroundings(folder));
}

const left = (folder: string): readonly string[] => readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('rehearsal-'));

describe('rehearsal run', () => {
  test('leaves stdin, stdout and stderr to the command, and says its own on stderr, each line with its name', async () => {
    const folder = project();
    const script = 'process.stdin.pipe(process.stdout); process.stdin.on("end", () => process.stderr.write("E\\n"))';
    const { code, stdout, stderr } = await runProgram(['run', '--', process.execPath, '-e', script], { ...surroundings(folder), input: 'in\0put' });
    expect([code, stdout]).toEqual([0, 'in\0put']);
    expect(stderr.split('\n').filter((line) => !line.startsWith('rehearsal: '))).toEqual(['E', '']);
    expect(stderr).toMatch(/rehearsal: passed: 0 requests\n$/);
  });

  test('takes all behind the dashes for the command, options and further dashes too', async () => {
    const { stdout } = await runProgram(['run', '--quiet', 'scenarios', '--', process.execPath, '-e', 'console.log(process.argv.slice(1).join(" "))', '--', '--port', '1', '-V', '--', 'x'], surroundings(project()));
    expect(stdout).toBe('--port 1 -V -- x\n');
  });

  test('serves on a port of its own, so that several run beside each other, and says nothing when quiet and well', async () => {
    const folder = project();
    const both = await Promise.all([1, 2].map(() => runNode(folder, ['--quiet'], 'console.log(process.env.REHEARSAL_URL, await ask("/tasks"))')));
    const urls = both.map(({ stdout }) => /^https:\/\/localhost:\d+ \{"tasks":\[\]\}\n$/.exec(stdout)?.[0]);
    expect(new Set(urls).size).toBe(2);
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([[0, ''], [0, '']]);
    expect(left(folder)).toEqual([]);
  });

  test('takes the options of `start`, from the environment and the file as well', async () => {
    const folder = project();
    writeFileSync(join(folder, 'scenarios/empty.yaml'), 'scenario: partner-empty\nextends: partner\nroutes:\n  GET /tasks: { respond: { text: empty } }\n');
    writeFileSync(join(folder, 'rehearsal.config.yaml'), 'strict: true\n');
    const { code, stdout, stderr } = await runNode(folder, ['--scenario', 'partner-empty', '--ready-file', 'ready.json'], 'const r = await fetch(process.env.REHEARSAL_URL + "/report", { method: "POST" }); console.log(await ask("/tasks"), r.status)');
    expect([code, stdout]).toEqual([1, 'empty 400\n']);
    expect(stderr).toContain('1 request that violated a rule');
    expect(JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8'))).toMatchObject({ scenarios: ['partner', 'partner-empty'] });
  });

  test('tells the command where the admin API is, and nothing when it is off', async () => {
    const script = 'console.log(process.env.REHEARSAL_ADMIN_URL === undefined ? "off" : (await fetch(process.env.REHEARSAL_ADMIN_URL + "/health")).status)';
    expect((await runNode(project(), [], script)).stdout).toBe('200\n');
    expect((await runNode(project(), ['--no-admin'], script)).stdout).toBe('off\n');
  });

  test('knows of a request whose reply the command did not wait for', async () => {
    const { code, stderr } = await runNode(project(), [], 'await fetch(process.env.REHEARSAL_URL + "/big"); process.exit(0)');
    expect(stderr).toMatch(/passed: 1 request\n$/);
    expect(code).toBe(0);
  });
});

describe('the verification', () => {
  test('fails on a request that no rule matched: 1, the request, the nearest rule with its place and why it did not match', async () => {
    const { code, stdout, stderr } = await runNode(project(), [], 'for (let i = 0; i < 3; i += 1) await ask("/tsks"); await ask("/tasks")');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('rehearsal: failed: 3 requests that no rule matched, of 4 requests\n  GET /tsks, answered 404: no rule matched; nearest GET /tasks (scenarios/partner.yaml:3): path: `/tsks` is one letter from `/tasks` (3 times)\n');
  });

  test('fails on a violated `expect`: 1, the place of the rule, the request, what was expected', async () => {
    const { code, stderr } = await runNode(project(), [], 'await post("/report")');
    expect(code).toBe(1);
    expect(stderr).toMatch(/failed: 1 request that violated a rule, of 1 request\n {2}scenarios\/partner\.yaml:4 POST \/report, answered 200: header `x-client`: expected .*\n$/);
  });

  test.each([['--allow-unmatched', 'await ask("/tsks")', '1 request that no rule matched (allowed)'], ['--allow-violations', 'await post("/report")', '1 request that violated a rule (allowed)']])('is relaxed by %s, which says so', async (option, script, words) => {
    const { code, stderr } = await runNode(project(), [option], script);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/rehearsal: passed: 1 request, /)]);
    expect(stderr).toContain(words);
  });

  const required = scenario.replace('    name: reports\n', '    name: reports\n    required: true\n');

  test('fails on a rule marked `required` that was never called: 1, the rule and its place', async () => {
    expect((await runNode(project(required), [], 'await post("/report", { "x-client": "a" })')).code).toBe(0);
    const { code, stderr } = await runNode(project(required), [], 'await ask("/tasks")');
    expect([code, stderr]).toEqual([1, expect.stringContaining('rehearsal: failed: 1 required rule never called, of 1 request\n  scenarios/partner.yaml:4 POST /report · reports: required, and never called\n')]);
    expect((await runNode(project(required), ['--allow-missed'], '')).code).toBe(0);
  });

  const verified = `${scenario}verify:\n  - { route: GET /tasks, count: 2 }\n`;

  test('fails on a `verify` that does not hold: 1, its place, what was expected and what came', async () => {
    expect(await runNode(project(verified), [], 'await ask("/tasks"); await ask("/tasks")')).toMatchObject({ code: 0, stderr: expect.stringMatching(/passed: 2 requests, 1 verification\n$/) });
    const { code, stderr } = await runNode(project(verified), [], 'await ask("/tasks")');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/failed: 1 verification not met, of 1 request\n {2}scenarios\/partner\.yaml:\d+ verify: .*GET \/tasks.*\n$/)]);
    expect((await runNode(project(verified), ['--allow-unverified'], '')).code).toBe(0);
  });

  test('keeps its account short: 20 lines of reasons at most', async () => {
    const { stderr } = await runNode(project(), ['--quiet'], 'for (let i = 0; i < 30; i += 1) await ask("/nowhere/" + i)');
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('  … and 11 more (--json FILE has them)');
  });
});

describe('the exit code', () => {
  test('is the command’s own, even when the verification failed', async () => {
    expect((await runNode(project(), [], 'process.exitCode = 7')).code).toBe(7);
    const { code, stderr } = await runNode(project(), [], 'await ask("/tsks"); process.exitCode = 7');
    expect([code, stderr]).toEqual([7, expect.stringContaining('rehearsal: failed: 1 request that no rule matched')]);
  });

  test('is 128 and the signal’s number when one ended the command', async () => {
    expect((await runNode(project(), [], 'process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => {}, 1000))')).code).toBe(137);
  });

  test('is 127 for a command that is not there and 126 for one that cannot be executed, as in a shell, in one line', async () => {
    const folder = project();
    writeFileSync(join(folder, 'plain.txt'), 'no program');
    chmodSync(join(folder, 'plain.txt'), 0o644);
    for (const [command, code, words] of [['no-such-command', 127, 'rehearsal: the command `no-such-command` was not found\n'], ['./plain.txt', 126, 'rehearsal: the command `./plain.txt` cannot be executed (EACCES)\n']] as const) {
      const ended = await runProgram(['run', '--quiet', '--', command], surroundings(folder));
      expect([ended.code, ended.stderr]).toEqual([code, words]);
    }
    expect(left(folder)).toEqual([]);
  });

  test.each([[['run'], '`rehearsal run -- npm test`'], [['run', 'npm', 'test'], '`rehearsal run -- npm test`'], [['run', '--'], '`rehearsal run -- npm test`'], [['run', '--nonsense', '--', 'true'], '--nonsense'], [['run', '--scenario', 'partnr', '--', 'true'], 'Did you mean `partner`?']])('is 2 for wrong usage, in one line that says what to do: %j', async (args, words) => {
    const { code, stderr } = await runProgram(args, surroundings(project()));
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('is 1 for mistakes in scenarios, printed like a compiler’s; the command is not begun', async () => {
    const folder = project('scenario: partner\nroutes:\n  GET /tasks: { respnod: {} }\n');
    const { code, stderr } = await runNode(folder, [], 'fs.writeFileSync("began", "")');
    expect([code, existsSync(join(folder, 'began'))]).toEqual([1, false]);
    expect(stderr).toMatch(/^scenarios\/partner\.yaml:3:17 /);
  });
});

describe('signals', () => {
  const patience = { timeout: 20_000, interval: 20 };

  /** A command that says `ready`, and what `onSignal` makes of a signal. */
  async function running(folder: string, onSignal: string): Promise<ReturnType<typeof launch> & { ended: Promise<number | null> }> {
    const script = `for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => { ${onSignal} }); setInterval(() => {}, 1000); console.log("ready");`;
    const program = launch(['run', '--', process.execPath, '-e', script], surroundings(folder));
    const ended = once(program.child, 'close').then(([code]) => code as number | null);
    whenTestsEnd(() => program.child.kill('SIGKILL'));
    await expect.poll(program.stdout, patience).toBe('ready\n');
    return { ...program, ended };
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s goes to the command, whose code is the run’s; the account and the end of the server follow', async (signal) => {
    const folder = project();
    const { child, ended, stdout, stderr } = await running(folder, 'console.log("got", name); process.exit(9)');
    child.kill(signal);
    expect(await ended).toBe(9);
    expect(stdout()).toBe(`ready\ngot ${signal}\n`);
    expect(stderr()).toContain('rehearsal: passed');
    expect(left(folder)).toEqual([]);
  });

  test('a second one ends a command that does not listen, and leaves nothing behind', async () => {
    const folder = project();
    const { child, ended, stdout } = await running(folder, 'console.log("no")');
    child.kill('SIGTERM');
    await expect.poll(stdout, patience).toBe('ready\nno\n');
    child.kill('SIGTERM');
    expect(await ended).toBe(137);
    expect(left(folder)).toEqual([]);
  });
});

describe('the written accounts', () => {
  test('come as JUnit XML, as JSON, and appended as Markdown, in folders made for them; what an earlier run left is replaced', async () => {
    const folder = project();
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out/run.json'), 'old');
    writeFileSync(join(folder, 'summary.md'), '# Before\n');
    const { code } = await runNode(folder, ['--junit', 'out/deep/junit.xml', '--json', 'out/run.json', '--summary', 'summary.md'], 'if (fs.existsSync("out/run.json")) process.exit(5); await ask("/tsks")');
    expect(code).toBe(1);
    expect(readFileSync(join(folder, 'out/deep/junit.xml'), 'utf8')).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="rehearsal run" [^]*No rule matched GET \/tsks/);
    expect(JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8'))).toMatchObject({ version: 1, passed: false, requests: 1, unmatched: { total: 1 } });
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toMatch(/^# Before\n## Rehearsal: failed\n/);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['deep', 'run.json']);
  });

  test('that cannot be written end the run with 3 before the command begins', async () => {
    const folder = project();
    const { code, stderr } = await runNode(folder, ['--junit', 'scenarios/partner.yaml/junit.xml'], 'fs.writeFileSync("began", "")');
    expect([code, existsSync(join(folder, 'began'))]).toEqual([3, false]);
    expect(stderr).toMatch(/^rehearsal: The account scenarios\/partner\.yaml\/junit\.xml cannot be written: .*\n$/);
  });

  test.runIf(process.platform === 'linux')('in a folder that no file system can make end the run with 3, and do not hang it', async () => {
    const { code, stderr } = await runNode(project(), ['--junit', '/proc/none/junit.xml'], '');
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^rehearsal: The account \/proc\/none\/junit\.xml cannot be written: .*\n$/)]);
  });

  test('that can no longer be written when the command has ended are told, and fail a run that went well', async () => {
    const folder = project();
    const { code, stderr } = await runNode(folder, ['--junit', 'out/junit.xml', '--json', 'run.json'], 'fs.rmSync("out", { recursive: true }); await ask("/tasks")');
    expect([code, stderr]).toEqual([3, expect.stringContaining('The account out/junit.xml cannot be written')]);
    expect(existsSync(join(folder, 'run.json'))).toBe(true);
  });
});
