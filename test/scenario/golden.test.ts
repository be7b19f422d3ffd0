import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { openFixtures } from '../../src/files/fixtures.ts';
import { loadScenarios } from '../../src/scenario/load-scenarios.ts';

/*
 * Each folder holds scenario files with mistakes and, in expected.txt, the lines that are printed for them.
 * UPDATE_GOLDEN=1 writes expected.txt anew: read what changed before it is kept.
 */
const root = fileURLToPath(new URL('../golden/', import.meta.url));
const folders = readdirSync(root).filter((name) => /^\d{3}-/.test(name)).sort();
const fixtures = openFixtures(`${root}fixtures`);
const update = process.env['UPDATE_GOLDEN'] === '1';

test.skipIf(update)('there are at least sixty different mistakes', () => {
  const lines = new Set(folders.flatMap((name) => readFileSync(`${root}${name}/expected.txt`, 'utf8').trim().split('\n').map((line) => line.replace(/^\S+ /, ''))));
  expect(lines.size).toBeGreaterThanOrEqual(60);
});

describe('the mistakes of a scenario are told with exactly these words', () => {
  test.each(folders)('%s', async (name) => {
    const folder = `${root}${name}/`;
    const sources = readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort().map((file) => ({ file, text: readFileSync(folder + file, 'utf8') }));
    const { plan, diagnostics } = await loadScenarios(sources, { fixtures, strict: false });
    const lines = diagnostics.map((diagnostic) => `${formatDiagnostic(diagnostic)}\n`).join('').replaceAll(`${root}fixtures`, 'FIXTURES');
    if (update) writeFileSync(`${folder}expected.txt`, lines);
    expect(lines).toBe(existsSync(`${folder}expected.txt`) ? readFileSync(`${folder}expected.txt`, 'utf8') : '');
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(plan).toBeNull();
  });
});
