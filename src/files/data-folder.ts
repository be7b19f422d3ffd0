import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DataFolderRefusal } from './data-folder-refusal.ts';
import { lockFolder } from './folder-lock.ts';
import { makeFolder } from './make-folder.ts';

/** Where a run keeps its reports (and later its journal and state). */
export interface DataFolder {
  /** Canonical. */
  readonly path: string;
  /** True for `--data DIR`: what is written must survive, so it is written through to the disk. */
  readonly durable: boolean;
  /** Lets the folder go; one that is not durable is removed. */
  close(): Promise<void>;
}

/** Opens `--data DIR`, alone, or with null a folder of its own that goes with the run. Throws {@link DataFolderRefusal}. */
export async function openDataFolder(dir: string | null): Promise<DataFolder> {
  return dir === null ? openTemporary() : openDurable(dir);
}

async function openDurable(dir: string): Promise<DataFolder> {
  const wanted = resolve(dir);
  let path: string;
  try {
    makeFolder(wanted, 0o700);
    path = realpathSync.native(wanted);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw DataFolderRefusal.of(wanted, error);
  }
  const lock = await lockFolder(path);
  return { path, durable: true, close: () => lock.release() };
}

const temporary = new Set<string>();

function openTemporary(): DataFolder {
  let path: string;
  try {
    path = realpathSync.native(mkdtempSync(join(tmpdir(), 'rehearsal-')));
  } catch (error) {
    throw DataFolderRefusal.of(tmpdir(), error);
  }
  if (temporary.size === 0) process.once('exit', removeAll);
  temporary.add(path);
  return {
    path,
    durable: false,
    close: async () => {
      if (!temporary.delete(path)) return;
      if (temporary.size === 0) process.off('exit', removeAll);
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function removeAll(): void {
  for (const path of temporary) rmSync(path, { recursive: true, force: true });
  temporary.clear();
}
