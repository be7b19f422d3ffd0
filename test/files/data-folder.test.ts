import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DataFolderRefusal } from '../../src/files/data-folder-refusal.ts';
import { openDataFolder } from '../../src/files/data-folder.ts';
import { lockAddresses } from '../../src/files/folder-lock.ts';
import { tempFolder } from './temp-folder.ts';

const posix = process.platform !== 'win32';

test('without --data the folder is in the temporary one, ours alone, and goes at close', async () => {
  const data = await openDataFolder(null);
  expect(data.durable).toBe(false);
  expect(data.path).toMatch(/rehearsal-[A-Za-z0-9]{6}$/);
  if (posix) expect(statSync(data.path).mode & 0o777).toBe(0o700);
  writeFileSync(join(data.path, 'x'), 'x');
  await data.close();
  await data.close();
  expect(existsSync(data.path)).toBe(false);
});

test('--data makes the folder, readable by its owner only, and leaves it at close', async () => {
  const dir = join(tempFolder(), 'a', 'data');
  const data = await openDataFolder(dir);
  if (posix) expect(statSync(dir).mode & 0o777).toBe(0o700);
  await data.close();
  expect(existsSync(dir)).toBe(true);
  expect(readdirSync(dir)).toEqual([]);
});

test('a second server on the folder is refused until the first is gone', async () => {
  const dir = tempFolder();
  const first = await openDataFolder(dir);
  await expect(openDataFolder(`${dir}/../${dir.split('/').at(-1)}/`)).rejects.toThrow(/another rehearsal server is using it/);
  await first.close();
  await (await openDataFolder(dir)).close();
});

test('of many that start at once exactly one gets the folder', async () => {
  const dir = tempFolder();
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => openDataFolder(dir)));
  const opened = results.filter((result) => result.status === 'fulfilled');
  expect(opened).toHaveLength(1);
  await opened[0]!.value.close();
});

test.skipIf(!posix)('a lock left by a killed process is taken over', async () => {
  const dir = tempFolder();
  const child = spawn(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(lockAddresses(dir)[0])}, () => console.log('held'))`]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await expect(openDataFolder(dir)).rejects.toThrow(DataFolderRefusal);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(readdirSync(dir)).toEqual(['.lock']);
  const data = await openDataFolder(dir);
  await expect(openDataFolder(dir)).rejects.toThrow(DataFolderRefusal);
  await data.close();
});

test.skipIf(!posix)('a folder whose path is too long for a socket is locked all the same', async () => {
  const dir = join(tempFolder(), 'd'.repeat(120));
  expect(lockAddresses(dir).every((path) => !path.startsWith(dir))).toBe(true);
  const data = await openDataFolder(dir);
  await expect(openDataFolder(dir)).rejects.toThrow(DataFolderRefusal);
  await data.close();
});

test('on Windows the lock is a named pipe', () => {
  expect(lockAddresses('C:\\data', 'win32')).toEqual([expect.stringMatching(/^\\\\\.\\pipe\\rehearsal-[0-9a-f]{24}$/)]);
});

test('a file in the place of the folder is refused with what to do', async () => {
  const file = join(tempFolder(), 'data');
  writeFileSync(file, '');
  await expect(openDataFolder(file)).rejects.toMatchObject({ message: expect.stringContaining('it is a file'), fix: 'Name a folder with --data.' });
  await expect(openDataFolder(join(file, 'below'))).rejects.toThrow(/a part of the path is a file/);
});

test.skipIf(!posix || process.getuid?.() === 0)('a folder that is not writable is refused', async () => {
  const dir = tempFolder();
  chmodSync(dir, 0o500);
  await expect(openDataFolder(dir)).rejects.toThrow(/not writable/);
  chmodSync(dir, 0o700);
});
