import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchFiles } from '../../src/files/watch.ts';
import { tempFolder } from './temp-folder.ts';

/** Watches with a timer that only fires when told to, so that bursts end when the test says. */
async function watching(paths: readonly string[]) {
  let waiting: (() => void) | null = null;
  let noted: (() => void) | null = null;
  let calls = 0;
  const watch = await watchFiles({
    paths,
    onChange: () => (calls += 1),
    timer: {
      set: (run) => {
        waiting = run;
        noted?.();
        return run;
      },
      clear: () => (waiting = null),
    },
  });
  onTestFinished(() => watch.close());
  return {
    watch,
    calls: () => calls,
    /** Resolves when a change has been noticed. */
    noticed: () => (waiting ? Promise.resolve() : new Promise<void>((done) => (noted = done))),
    settle: () => {
      const run = waiting;
      waiting = null;
      run?.();
    },
    isWaiting: () => waiting !== null,
  };
}

test('many changes in one burst make one call', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'a.yaml'), '1');
  const seen = await watching([folder]);
  for (let index = 0; index < 20; index += 1) writeFileSync(join(folder, `f${index}.yaml`), 'x');
  await seen.noticed();
  expect(seen.calls()).toBe(0);
  seen.settle();
  expect(seen.calls()).toBe(1);
});

test('an editor that saves by renaming is noticed again and again, on a file that was named itself', async () => {
  const folder = tempFolder();
  const file = join(folder, 'a.yaml');
  writeFileSync(file, '1');
  let changed: () => void = () => undefined;
  const watch = await watchFiles({ paths: [file], onChange: () => changed() });
  onTestFinished(() => watch.close());
  for (let save = 2; save <= 4; save += 1) {
    const noticed = new Promise<void>((done) => (changed = done));
    writeFileSync(join(folder, '.a.yaml.tmp'), String(save).repeat(save));
    renameSync(join(folder, '.a.yaml.tmp'), file);
    await noticed;
  }
});

test('a folder that is made later, and a file that is removed, are noticed', async () => {
  const root = tempFolder();
  writeFileSync(join(root, 'gone.yaml'), '1');
  const seen = await watching([root, join(root, 'fixtures')]);
  mkdirSync(join(root, 'fixtures'));
  await seen.noticed();
  seen.settle();
  rmSync(join(root, 'gone.yaml'));
  await seen.noticed();
  seen.settle();
  expect(seen.calls()).toBe(2);
});

test('a folder that goes away and comes back, as when a branch is checked out, is watched again', async () => {
  const folder = join(tempFolder(), 'scenarios');
  const file = join(folder, 'a.yaml');
  mkdirSync(folder);
  writeFileSync(file, '1');
  const seen = await watching([folder]);
  rmSync(folder, { recursive: true });
  await seen.noticed();
  seen.settle();
  mkdirSync(folder);
  writeFileSync(file, '22');
  await seen.noticed();
  seen.settle();
  const before = seen.calls();
  writeFileSync(file, '333');
  await seen.noticed();
  seen.settle();
  expect(seen.calls()).toBe(before + 1);
});

test('after close nothing is called, not even for a burst under way', async () => {
  const folder = tempFolder();
  const seen = await watching([folder]);
  writeFileSync(join(folder, 'a.yaml'), '1');
  await seen.noticed();
  await seen.watch.close();
  seen.settle();
  expect(seen.calls()).toBe(0);
});
