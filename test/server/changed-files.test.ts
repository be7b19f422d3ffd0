import { expect, test } from 'vitest';
import { changedFiles } from '../../src/server/changed-files.ts';

const files = (texts: Readonly<Record<string, string>>) => Object.entries(texts).map(([file, text]) => ({ file, text }));

test.each<[string, Record<string, string>, Record<string, string>, boolean]>([
  ['changed a.yaml', { 'a.yaml': '1', 'b.yaml': '1' }, { 'a.yaml': '2', 'b.yaml': '1' }, false],
  ['changed a.yaml; new c.yaml, d.yaml; gone b.yaml', { 'a.yaml': '1', 'b.yaml': '1' }, { 'a.yaml': '2', 'c.yaml': '1', 'd.yaml': '1' }, false],
  ['fixtures', { 'a.yaml': '1' }, { 'a.yaml': '1' }, true],
  ['new b.yaml; fixtures', { 'a.yaml': '1' }, { 'a.yaml': '1', 'b.yaml': '' }, true],
  ['as they were', { 'a.yaml': '1' }, { 'a.yaml': '1' }, false],
  ['gone 0.yaml, 1.yaml, 2.yaml, 3.yaml, 4.yaml, 3 more', Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`${index}.yaml`, ''])), {}, false],
])('says %s', (words, before, after, fixtures) => {
  expect(changedFiles(files(before), files(after), fixtures)).toBe(words);
});
