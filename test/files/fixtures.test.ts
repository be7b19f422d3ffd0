import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Mistake } from '../../src/base/diagnostic.ts';
import { openFixtures } from '../../src/files/fixtures.ts';
import type { Fixture } from '../../src/model/kind.ts';
import { tempFolder } from './temp-folder.ts';

/** fixtures/ with a file, a folder and links; beside it a secret and a folder whose name begins alike. */
function makeFixtures(): string {
  const root = tempFolder();
  const dir = join(root, 'fixtures');
  mkdirSync(join(dir, 'hr', 'deep'), { recursive: true });
  mkdirSync(join(root, 'fixtures2'));
  writeFileSync(join(dir, '1797242037.zip'), 'PK');
  writeFileSync(join(dir, 'hr', 'departments.csv'), 'id,name\n');
  writeFileSync(join(dir, 'hr', 'deep', 'x.txt'), 'x');
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(root, 'fixtures2', 'secret.txt'), 'secret');
  symlinkSync(join(dir, 'hr'), join(dir, 'people'));
  symlinkSync(join(root, 'secret.txt'), join(dir, 'out.txt'));
  symlinkSync(join(root, 'fixtures2'), join(dir, 'sibling'));
  symlinkSync('loop', join(dir, 'loop'));
  return dir;
}

const isMistake = (found: Fixture | Mistake): found is Mistake => 'code' in found;

test('a fixture is found with its canonical path, size and hash', () => {
  const dir = makeFixtures();
  const fixture = openFixtures(dir).file('hr/departments.csv') as Fixture;
  expect(fixture).toMatchObject({ name: 'hr/departments.csv', path: join(dir, 'hr', 'departments.csv'), sizeBytes: 8 });
  expect(fixture.read().toString()).toBe('id,name\n');
  expect(fixture.sha256()).toBe(createHash('sha256').update('id,name\n').digest('hex'));
});

test('a link inside the folder is followed', () => {
  const dir = makeFixtures();
  expect(openFixtures(dir).file('people/departments.csv')).toMatchObject({ path: join(dir, 'hr', 'departments.csv') });
});

test.each([
  ['../secret.txt', 'fixture-outside'],
  ['hr/../../secret.txt', 'fixture-outside'],
  ['/etc/passwd', 'fixture-outside'],
  ['C:/Windows/win.ini', 'fixture-outside'],
  ['out.txt', 'fixture-outside'],
  ['sibling/secret.txt', 'fixture-outside'],
  ['../fixtures2/secret.txt', 'fixture-outside'],
  ['hr\\departments.csv', 'bad-fixture-name'],
  ['hr/departments.csv\0.png', 'bad-fixture-name'],
  ['loop', 'unreadable-fixture'],
  ['hr', 'not-a-file'],
  ['1797242037.zip/inner', 'missing-fixture'],
  [`${'x'.repeat(5000)}`, 'missing-fixture'],
])('%j is a mistake, %s', (name, code) => {
  const found = openFixtures(makeFixtures()).file(name);
  expect(found).toMatchObject({ code });
  expect((found as Mistake).message).not.toContain('\0');
});

test('a missing fixture names the one that was meant, also when it is in another folder', () => {
  const fixtures = openFixtures(makeFixtures());
  expect(fixtures.file('1797242073.zip')).toMatchObject({ fix: 'Did you mean `1797242037.zip`?' });
  expect(fixtures.file('departments.csv')).toMatchObject({ fix: 'Did you mean `hr/departments.csv`?' });
  expect(fixtures.file('HR/departments.csv')).toMatchObject({ fix: 'Did you mean `hr/departments.csv`?' });
});

test('a missing fixtures folder is said to be missing, and works once it is there', () => {
  const dir = join(tempFolder(), 'fixtures');
  const fixtures = openFixtures(dir);
  expect(fixtures.file('a.txt')).toMatchObject({ code: 'missing-fixture', message: expect.stringContaining('does not exist') });
  mkdirSync(dir);
  writeFileSync(join(dir, 'a.txt'), 'a');
  expect(fixtures.file('a.txt')).toMatchObject({ sizeBytes: 1 });
});

test('a folder gives all its files sorted, by names relative to it', () => {
  const files = openFixtures(makeFixtures()).folder('hr') as ReadonlyMap<string, Fixture>;
  expect([...files.keys()]).toEqual(['deep/x.txt', 'departments.csv']);
});

test('a folder with a link that leaves the fixtures is a mistake', () => {
  expect(openFixtures(makeFixtures()).folder('.')).toMatchObject({ code: expect.stringMatching(/fixture/) });
  expect(openFixtures(makeFixtures()).folder('1797242037.zip')).toMatchObject({ code: 'not-a-folder' });
});

test('an unchanged file is given again, a changed one anew', () => {
  const dir = makeFixtures();
  const fixtures = openFixtures(dir);
  const first = fixtures.file('1797242037.zip');
  expect(fixtures.file('1797242037.zip')).toBe(first);
  writeFileSync(join(dir, '1797242037.zip'), 'PK and more');
  expect((fixtures.file('1797242037.zip') as Fixture).read().toString()).toBe('PK and more');
});

test('knows whether what it has given is still what stands on disk', () => {
  const dir = makeFixtures();
  const changes: readonly (() => void)[] = [
    () => writeFileSync(join(dir, '1797242037.zip'), 'PK and more'),
    () => rmSync(join(dir, '1797242037.zip')),
    () => writeFileSync(join(dir, 'hr', 'new.txt'), 'new'),
  ];
  for (const change of changes) {
    const fixtures = openFixtures(dir);
    fixtures.file('1797242037.zip');
    fixtures.folder('hr');
    expect(fixtures.haveChanged()).toBe(false);
    change();
    expect(fixtures.haveChanged()).toBe(true);
  }
});

test('whatever the name, the file is inside or refused', () => {
  const dir = makeFixtures();
  const fixtures = openFixtures(dir);
  const piece = fc.oneof(fc.constantFrom('..', '.', '', 'hr', 'people', 'sibling', 'out.txt', 'fixtures2', 'secret.txt', 'departments.csv', '%2e%2e', '..%2f', '\0', '\\', '~', 'C:', 'loop'), fc.string({ maxLength: 12 }));
  fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), fc.constantFrom('/', '\\', '//', '/./'), (pieces, separator) => {
    const found = fixtures.file(pieces.join(separator));
    if (isMistake(found)) expect(found.message).toBeTruthy();
    else {
      expect(found.path.startsWith(dir + sep)).toBe(true);
      expect(readFileSync(found.path, 'utf8')).not.toBe('secret');
    }
  }), { numRuns: 2000 });
});
