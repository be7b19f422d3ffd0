import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findSources } from '../../src/files/sources.ts';
import { tempFolder } from './temp-folder.ts';

function makeFolder(files: Readonly<Record<string, string | Buffer>>): string {
  const cwd = tempFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  return cwd;
}

test('finds .yaml and .yml to the bottom, sorted, shown relative to the working folder', () => {
  const cwd = makeFolder({
    'scenarios/b.yml': 'b', 'scenarios/a/x.yaml': 'x', 'scenarios/scenario.schema.json': '{}', 'scenarios/notes.txt': '', 'scenarios/.hidden/h.yaml': '',
    'scenarios/.x.yaml.swp': '', 'scenarios/node_modules/m/m.yaml': '', 'scenarios/rehearsal.config.yaml': '',
  });
  expect(findSources(['scenarios'], { cwd })).toEqual({ sources: [{ file: 'scenarios/a/x.yaml', text: 'x' }, { file: 'scenarios/b.yml', text: 'b' }], diagnostics: [] });
});

test('a file that is named twice is read once', () => {
  const cwd = makeFolder({ 's/a.yaml': 'a' });
  expect(findSources(['s', 's/a.yaml', './s/'], { cwd }).sources).toHaveLength(1);
});

test('files outside the working folder are shown with their whole path', () => {
  const cwd = makeFolder({ 's/a.yaml': 'a' });
  expect(findSources([join(cwd, 's')], { cwd: tempFolder() }).sources[0]!.file).toBe(`${cwd}/s/a.yaml`);
});

test('excluded folders are not looked into', () => {
  const cwd = makeFolder({ 'a.yaml': 'a', 'fixtures/rows.yaml': 'rows' });
  expect(findSources(['.'], { cwd, exclude: ['fixtures'] }).sources.map(({ file }) => file)).toEqual(['a.yaml']);
});

test('all mistakes come at once, each with its file', () => {
  const cwd = makeFolder({ 'big.yaml': 'x'.repeat(101), 'latin.yaml': Buffer.from([0x61, 0xe9]), 'wide.yaml': Buffer.from('\ufeffabc', 'utf16le'), 'notes.txt': '' });
  const { sources, diagnostics } = findSources(['nowhere', 'notes.txt', '.'], { cwd, maxFileBytes: 100 });
  expect(sources).toEqual([]);
  expect(diagnostics.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`)).toEqual([
    'big.yaml:1:1 file-too-large', 'latin.yaml:1:1 not-utf-8', 'notes.txt:1:1 not-yaml', 'nowhere:1:1 missing-path', 'wide.yaml:1:1 not-utf-8',
  ]);
  expect(diagnostics.at(-1)).toMatchObject({ got: 'UTF-16' });
});

test('a byte order mark is no part of the text', () => {
  expect(findSources(['a.yaml'], { cwd: makeFolder({ 'a.yaml': '\ufeffscenario: a' }) }).sources[0]!.text).toBe('scenario: a');
});

test('links that leave the folder, circles and broken links are mistakes or passed over, never followed', () => {
  const outside = makeFolder({ 'secret.yaml': 'secret', 'deep/more.yaml': 'secret' });
  const cwd = makeFolder({ 's/a.yaml': 'a' });
  symlinkSync(join(outside, 'secret.yaml'), join(cwd, 's/link.yaml'));
  symlinkSync(join(outside, 'deep'), join(cwd, 's/folder'));
  symlinkSync('.', join(cwd, 's/circle'));
  symlinkSync('nowhere.yaml', join(cwd, 's/broken.yaml'));
  const { sources, diagnostics } = findSources(['s'], { cwd });
  expect(sources).toEqual([{ file: 's/a.yaml', text: 'a' }]);
  expect(diagnostics.map(({ file, code }) => `${file} ${code}`)).toEqual(['s/broken.yaml unreadable-file', 's/folder source-outside', 's/link.yaml source-outside']);
});

test.skipIf(process.platform === 'win32')('a named pipe or a socket is no file, and does not hold the process', async () => {
  const cwd = makeFolder({ 's/a.yaml': 'a' });
  execFileSync('mkfifo', [join(cwd, 's/pipe.yaml')]);
  const socket = createServer().listen(join(cwd, 's/socket.yaml'));
  await once(socket, 'listening');
  expect(findSources(['s'], { cwd }).diagnostics).toMatchObject([{ file: 's/pipe.yaml', code: 'not-a-file' }, { file: 's/socket.yaml', code: 'not-a-file' }]);
  socket.close();
});
