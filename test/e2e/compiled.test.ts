import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/rehearsal.ts';

const root = join(import.meta.dirname, '../..');
const isCompiled = (name: string): boolean => name.endsWith('.compiled');

/** The built program elsewhere, and the files there that hold what V8 made of it. */
function installed(name: string): { readonly folder: string; readonly compiled: readonly string[] } {
  const folder = temporaryFolder(name);
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  for (const file of ['package.json', 'node_modules']) symlinkSync(join(root, file), join(folder, file));
  const chunks = join(folder, 'dist/chunks');
  return { folder, compiled: readdirSync(chunks).filter(isCompiled).map((file) => join(chunks, file)) };
}

/** What `rehearsal check` says there of a scenario with a mistake, and the library of one without. */
function useOf(folder: string): readonly unknown[] {
  writeFileSync(join(folder, 'broken.yaml'), 'scenario: broken\nroutes: { GET /: { respnod: 1 } }\n');
  const check = spawnSync(process.execPath, [join(folder, 'dist/cli/main.js'), 'check', 'broken.yaml'], { cwd: folder, encoding: 'utf8' });
  writeFileSync(join(folder, 'program.mjs'), `import { startRehearsal, UsageProblem } from './dist/index.js';
    const server = await startRehearsal({ scenarios: { scenario: 'made', routes: { 'GET /': { respond: { text: '…' } } } } });
    console.log(server.scenarios, server.session('a').id, UsageProblem.name);
    await server.close();`);
  const library = spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
  return [check.status, check.stdout, library.status, library.stdout, library.stderr];
}

const well = [1, expect.stringContaining('broken.yaml:2:20 '), 0, "[ 'made' ] a UsageProblem\n", ''];

describe('what V8 has made of the program', () => {
  test('is kept by the build, and taken by the Node that built it', () => {
    const chunks = join(root, 'dist/chunks');
    const files = readdirSync(chunks).filter(isCompiled);
    expect(files.map((file) => file.replace(/-.{8}\.cjs\..*/, ''))).toEqual(['core', 'words']);
    const { compiledName, loadScript, unsealed } = createRequire(import.meta.url)('../../dist/load-compiled.cjs') as { compiledName(file: string): string; loadScript(file: string, compiled: Buffer | null): { cachedDataRejected?: boolean }; unsealed(bytes: Buffer): Buffer | null };
    const [core = ''] = readdirSync(chunks).filter((file) => /^core-.{8}\.cjs$/.test(file)).map((file) => join(chunks, file));
    if (!files.some((file) => compiledName(core).endsWith(file))) return;
    expect(loadScript(core, unsealed(readFileSync(compiledName(core)))).cachedDataRejected).toBe(false);
  });

  test('is made whatever settings the builder has for servers; a build goes well without', () => {
    const { folder } = installed('compiled-anew');
    const chunks = join(folder, 'dist/chunks');
    const compiled = (): readonly string[] => readdirSync(chunks).filter(isCompiled);
    for (const name of ['.ci', 'scenarios', 'fixtures']) cpSync(join(root, name), join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'rehearsal.config.yaml'), 'seed: none\n');
    const build = (env: Record<string, string>): unknown => {
      for (const file of compiled()) rmSync(join(chunks, file));
      const { status, stderr } = spawnSync(process.execPath, ['.ci/compile.mjs'], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
      return [status, stderr, compiled().length];
    };
    expect(build({ REHEARSAL_DATA: join(folder, 'data'), REHEARSAL_HTTP: 'none' })).toEqual([0, '', 2]);
    expect(existsSync(join(folder, 'data'))).toBe(false);
    expect(build({ TMPDIR: join(folder, 'none'), TEMP: join(folder, 'none'), TMP: join(folder, 'none') })).toEqual([0, expect.stringMatching(/^Starts will take longer than they could: ENOENT/), 0]);
    writeFileSync(join(folder, 'scenarios/broken.yaml'), 'scenario: 3\n');
    expect(build({})).toEqual([0, expect.stringContaining('Starts will take longer than they could: the server did not start'), 0]);
  });

  test('need not be there', () => {
    const { folder, compiled } = installed('not-compiled');
    for (const file of compiled) rmSync(file);
    expect(useOf(folder)).toEqual(well);
  });

  test('may be of another program, or cut off', () => {
    const { folder, compiled } = installed('compiled-otherwise');
    for (const file of compiled) writeFileSync(file, 'another');
    expect(useOf(folder)).toEqual(well);
    const cut = installed('compiled-in-part');
    for (const file of cut.compiled) truncateSync(file, 50_000);
    expect(useOf(cut.folder)).toEqual(well);
  });

  test('may be damaged anywhere', () => {
    const { folder, compiled } = installed('compiled-damaged');
    for (const place of [0.1, 0.5, 0.9]) {
      for (const file of compiled) {
        const bytes = readFileSync(file);
        bytes.fill(0xa5, Math.floor(bytes.length * place), Math.floor(bytes.length * place) + 64);
        writeFileSync(file, bytes);
      }
      expect(useOf(folder)).toEqual(well);
    }
  });

  test('is only read: the folder of the program may be read-only', () => {
    const { folder } = installed('compiled-read-only');
    const folders = ['dist', 'dist/cli', 'dist/chunks'].map((name) => join(folder, name));
    const before = folders.map((name) => readdirSync(name));
    for (const name of folders) chmodSync(name, 0o555);
    expect(useOf(folder)).toEqual(well);
    expect(folders.map((name) => readdirSync(name))).toEqual(before);
    for (const name of folders) chmodSync(name, 0o755);
  });
});
