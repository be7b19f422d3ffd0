import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkCommand, type CheckOptions } from '../../src/cli/check.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rehearsal-check-'));
  const files = {
    'good/a.yaml': 'scenario: a\nroutes:\n  GET /a: { respond: { file: hello.txt } }\n  GET /b: {}\n',
    'good/b.yml': 'scenario: b\nextends: a\n',
    'bad/a.yaml': 'scenario: a\nroutes:\n  GET /a: { respnod: {} }\n  GET /b: { respond: { file: helo.txt } }\n',
    'bad/b, c.yaml': 'scenario: b\nroutes:\n  GET /c: { respond: { text: "${{ 100 % }}" } }\n',
    'empty/notes.txt': 'nothing',
    'fixtures/hello.txt': 'hello',
    'fixtures/not-a-scenario.yaml': 'rows: []',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function check(name: string, options: Partial<CheckOptions> & { color?: boolean } = {}) {
  let stdout = '';
  let stderr = '';
  const { color = false, ...rest } = options;
  const output = { stdout: (text: string) => { stdout += text; }, stderr: (text: string) => { stderr += text; }, color };
  const code = await checkCommand([join(folder, name)], { format: 'text', fixtures: join(folder, 'fixtures'), strict: false, ...rest }, output);
  const clean = (text: string): string => text.replaceAll(relative(process.cwd(), folder), 'T').replaceAll(folder, 'T');
  return { code, stdout: clean(stdout), stderr: clean(stderr) };
}

describe('rehearsal check', () => {
  test('says what there is when nothing is wrong, and exits 0', async () => {
    expect(await check('good')).toEqual({ code: 0, stdout: '2 scenarios, 2 routes: no mistakes\n', stderr: '' });
  });
  test('prints mistakes like a compiler, counts them, and exits 1', async () => {
    const { code, stdout, stderr } = await check('bad');
    expect(code).toBe(1);
    expect(stdout.trim().split('\n').map((line) => line.slice(0, 40))).toEqual([expect.stringMatching(/^T\/bad\/a\.yaml:3:13 `respnod` is not/), expect.stringMatching(/^T\/bad\/a\.yaml:4:30 There is no fixtu/), expect.stringMatching(/^T\/bad\/b, c\.yaml:3:/)]);
    expect(stderr).toBe('3 mistakes in 2 files\n');
  });
  test('prints the mistakes as JSON of fixed keys', async () => {
    const { code, stdout, stderr } = await check('bad', { format: 'json' });
    const found = JSON.parse(stdout) as Record<string, unknown>[];
    expect([code, stderr, found.length]).toEqual([1, '', 3]);
    for (const one of found) expect(Object.keys(one)).toEqual(['file', 'line', 'column', 'code', 'message', 'expected', 'got', 'fix']);
    expect(found[0]).toMatchObject({ file: 'T/bad/a.yaml', line: 3, column: 13, code: 'unknown-key', got: '`respnod`', fix: 'Did you mean `respond`?' });
    expect(found[1]).toMatchObject({ line: 4, column: 30, expected: null });
  });
  test('prints an empty JSON list when nothing is wrong', async () => {
    expect(await check('good', { format: 'json' })).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });
  test('prints annotations that GitHub\'s runner reads: percent signs, commas and colons escaped', async () => {
    const { stdout, stderr } = await check('bad', { format: 'github' });
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^::error file=T\/bad\/a\.yaml,line=3,col=13,title=unknown-key::`respnod` is not a key of a rule: expected /);
    expect(lines[2]).toMatch(/^::error file=T\/bad\/b%2C c\.yaml,line=3,col=\d+,title=[\w-]+::/);
    for (const line of lines) expect(line.split('::')[2]).not.toMatch(/%(?!25|0A|0D)/);
    expect(stderr).toBe('3 mistakes in 2 files\n');
  });
  test('names the files of annotations from the top of the repository, wherever in it the job works', async () => {
    let stdout = '';
    const output = { stdout: (text: string) => { stdout += text; }, stderr: () => undefined, color: false };
    for (const [workspace, file] of [[folder, 'bad/a.yaml'], [join(folder, 'bad'), 'a.yaml'], [join(folder, 'good'), `${folder}/bad/a.yaml`]] as const) {
      stdout = '';
      await checkCommand([join(folder, 'bad')], { format: 'github', fixtures: join(folder, 'fixtures'), strict: false }, { ...output, env: { GITHUB_WORKSPACE: workspace } });
      expect(stdout).toContain(`::error file=${file},line=3`);
    }
  });
  test('makes the place bold in a terminal, and never elsewhere', async () => {
    expect((await check('bad', { color: true })).stdout).toContain('\u001b[1mT/bad/a.yaml:3:13\u001b[22m ');
    expect((await check('bad')).stdout).not.toContain('\u001b');
  });
  test('takes a single file', async () => {
    expect(await check('good/a.yaml')).toMatchObject({ code: 0, stdout: '1 scenario, 2 routes: no mistakes\n' });
  });
  test('does not take an empty folder, or one that is not there, for well', async () => {
    expect(await check('empty')).toMatchObject({ code: 1, stderr: '1 mistake in 1 file\n' });
    expect((await check('nowhere')).code).toBe(1);
  });
});
