import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorldsFile } from '../../src/files/worlds-file.ts';
import { Worlds } from '../../src/world/worlds.ts';

let folder: string;
let problems: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rehearsal-worlds-'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(worlds = new Worlds({ maxSessions: 10 })) {
  return { worlds, file: openWorldsFile(folder, worlds, { now: () => 5, onProblem: (message) => problems.push(message) }) };
}

const path = (): string => join(folder, 'worlds.json');

describe('worlds.json', () => {
  it('gives the next run what this one remembered', async () => {
    const first = open();
    first.worlds.open('one', 0).commit(0, [{ kind: 'count', key: 'r\nGET /a' }]);
    first.worlds.everybody.set('r', 'r-b');
    await first.file.close();
    const { worlds } = open();
    expect([worlds.get('one')?.count('r\nGET /a'), worlds.everybody.get('r'), worlds.get('one')?.lastUsedMs, problems]).toEqual([1, 'r-b', 5, []]);
    expect(readdirSync(folder)).toEqual(['worlds.json']);
  });

  it.skipIf(process.platform === 'win32')('is for its owner only', async () => {
    await open().file.close();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{', '[]', 'null', '{"everybody":{},"sessions":[null]}', '{"everybody":{},"sessions":[{"session":"s","counters":{"a":"x"},"selected":{}}]}', '\0\0\0', '{"everybody":{"a":{}},"sessions":[]}'])('that is damaged (%j) is put aside and told, and the server starts with nothing', async (text) => {
    writeFileSync(path(), text);
    const { worlds, file } = open();
    expect([...worlds.all()]).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('damaged')]);
    expect(readFileSync(`${path()}.broken`, 'utf8')).toBe(text);
    await file.close();
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toEqual({ everybody: {}, sessions: [] });
  });

  it('that is half written stays beside the whole one', async () => {
    const first = open();
    first.worlds.everybody.set('r', 'r-b');
    await first.file.close();
    writeFileSync(`${path()}.part`, '{"everybody":{"r":"r-');
    expect(open().worlds.everybody.get('r')).toBe('r-b');
    expect(problems).toEqual([]);
  });

  it('that cannot be read is an environment to be mended, not a loss', () => {
    mkdirSync(path());
    expect(() => open()).toThrow(expect.objectContaining({ name: 'EnvironmentProblem', exitCode: 3 }));
    expect(existsSync(path())).toBe(true);
  });

  it('that cannot be written is told when the run ends, with what to do', async () => {
    const { file } = open();
    rmSync(folder, { recursive: true });
    await expect(file.close()).rejects.toMatchObject({ name: 'EnvironmentProblem', message: expect.stringContaining('the data folder is gone') });
  });

  it('is written soon after a change, many changes at once; trouble is told once', async () => {
    const { worlds, file } = open();
    worlds.everybody.set('r', 'r-b');
    for (let index = 0; index < 1000; index += 1) file.changed();
    await expect.poll(() => existsSync(path())).toBe(true);
    rmSync(folder, { recursive: true });
    file.changed();
    await expect.poll(() => problems.length).toBe(1);
    file.changed();
    mkdirSync(folder);
    await file.close();
    expect(problems).toEqual([expect.stringContaining('cannot be written: the data folder is gone')]);
  });
});
