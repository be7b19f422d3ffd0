import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startOptions, variableOf } from '../../src/cli/start-options.ts';
import { defaultSettings } from '../../src/server/settings.ts';
import { environmentOf, isIgnored, lastOf, readDockerfile, root } from './dockerfile.ts';

const stages = readDockerfile();
const [build, final] = stages as [typeof stages[0], typeof stages[0]];
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { rehearsal: string }; engines: { node: string } };

describe('the Dockerfile', () => {
  test('builds in one stage and serves from another, on a Node that is named and recent enough', () => {
    expect(stages.map(({ name }) => name)).toEqual(['build', null]);
    for (const { image } of stages) expect(image).toMatch(/^node:(2[4-9]|[3-9]\d)(\.\d+)*-slim$/);
  });

  test('copies only what is there and gets into the build', () => {
    const copied = stages.flatMap(({ steps }) => steps.filter(({ instruction, flags }) => instruction === 'COPY' && !flags['from']).flatMap(({ words }) => words.slice(0, -1)));
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) expect([path, existsSync(join(root, path)), isIgnored(path)]).toEqual([path, true, false]);
    for (const { flags, words } of final.steps.filter(({ instruction, flags }) => instruction === 'COPY' && flags['from'])) expect([flags['from'], words[0]]).toEqual([build.name, words[1]]);
    expect(final.steps.some(({ instruction, words }) => instruction === 'ADD' || (instruction === 'COPY' && words[0] === '.'))).toBe(false);
  });

  test('lets no key, report, history or package of this machine into the build', () => {
    for (const path of ['certs/rehearsal-ca.key', 'certs/rehearsal-ca.pem', 'node_modules/yaml', 'dist/index.js', 'data/journal.ndjson', '.git/config', '.env', '.npmrc', 'test/docker', '.ci/run', 'README.md']) expect([path, isIgnored(path)]).toEqual([path, true]);
    const sent = readdirSync(root).filter((name) => !isIgnored(name));
    expect(sent.sort()).toEqual(['fixtures', 'package-lock.json', 'package.json', 'scenarios', 'src', 'tsconfig.json']);
    expect(isIgnored('src/server/start.ts')).toBe(false);
  });

  test('runs as a user that is not root, who may write certificates and data', () => {
    expect(lastOf(final, 'USER').words).toEqual(['node']);
    const folders = lastOf(final, 'VOLUME').words;
    const made = final.steps.findIndex(({ instruction, text }) => instruction === 'RUN' && /chown node:node certs data/.test(text));
    // What a step does to a volume after it was declared is lost.
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(final.steps.findIndex(({ instruction }) => instruction === 'VOLUME'));
    expect(folders).toEqual(['certs', 'data'].map((name) => `${lastOf(final, 'WORKDIR').text}/${name}`));
    expect(final.steps.slice(final.steps.findIndex(({ instruction }) => instruction === 'USER')).some(({ instruction }) => instruction === 'RUN')).toBe(false);
  });

  test('starts the command as process 1, so that signals reach it, on the port it declares', () => {
    expect([lastOf(final, 'ENTRYPOINT').exec, lastOf(final, 'ENTRYPOINT').words, lastOf(final, 'CMD').exec, lastOf(final, 'CMD').words]).toEqual([true, ['rehearsal'], true, ['start']]);
    expect(lastOf(final, 'RUN').text).toContain(`ln -s /app/${manifest.bin.rehearsal} /usr/local/bin/rehearsal`);
    expect(lastOf(final, 'EXPOSE').text).toBe(String(defaultSettings.port));
    const environment = environmentOf(final);
    expect(environment['REHEARSAL_HOST']).toBe('0.0.0.0');
    const known = startOptions.map(variableOf);
    expect(Object.keys(environment).filter((name) => name.startsWith('REHEARSAL_') && !known.includes(name))).toEqual([]);
  });

  test('has a health check that needs no shell and no other program', () => {
    const check = lastOf(final, 'HEALTHCHECK');
    expect([check.exec, check.words.slice(0, 2)]).toEqual([true, ['node', '-e']]);
    expect(Object.keys(check.flags).sort()).toEqual(['interval', 'start-period', 'timeout']);
    expect(() => new Function(check.words[2]!)).not.toThrow();
  });
});
