import { readFileSync, renameSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentProblem, errorCode } from '../base/problems.ts';
import { readSavedWorlds, type SavedWorlds, type Worlds } from '../world/worlds.ts';

/** Keeps what sessions remember in a data folder. */
export interface WorldsFile {
  /** Something changed that must outlive the run: written soon. */
  changed(): void;
  /** Writes the last state. Rejects with EnvironmentProblem when it cannot be written. */
  close(): Promise<void>;
}

export interface WorldsFileOptions {
  readonly now: () => number;
  /** A sentence for a person: a file that cannot be read, and once when writing begins to fail. */
  readonly onProblem: (message: string) => void;
}

/** How long changes gather before they are written. */
const gatherMs = 200;

/** Opens `worlds.json` of a data folder, fills `worlds` from it, and writes it again on changes and at the end. */
export function openWorldsFile(folder: string, worlds: Worlds, options: WorldsFileOptions): WorldsFile {
  const path = join(folder, 'worlds.json');
  const saved = readSaved(path, options.onProblem);
  if (saved) worlds.restore(saved, options.now());
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let failing = false;
  const write = (): Promise<void> => {
    writing = writing.catch(() => undefined).then(async () => {
      await writeFile(`${path}.part`, JSON.stringify(worlds.save()), { mode: 0o600, flush: true });
      await rename(`${path}.part`, path);
      failing = false;
    });
    return writing;
  };
  const tellOnce = (error: unknown): void => {
    if (!failing) options.onProblem(`What sessions remember cannot be written: ${reasonOf(error)}`);
    failing = true;
  };
  return {
    changed() {
      timer ??= setTimeout(() => {
        timer = null;
        write().catch(tellOnce);
      }, gatherMs).unref();
    },
    async close() {
      if (timer) clearTimeout(timer);
      timer = null;
      try {
        await write();
      } catch (error) {
        throw new EnvironmentProblem(`What sessions remember could not be written to ${path}: ${reasonOf(error)}`, 'Make room or give the right to write there; counters and selections of this run are lost');
      }
    },
  };
}

/** What an earlier run left; null when there is none. A file that is none of ours is put aside, for nothing to be lost. */
function readSaved(path: string, onProblem: (message: string) => void): SavedWorlds | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new EnvironmentProblem(`What sessions remember cannot be read from ${path}: ${reasonOf(error)}`, 'Give the right to read it, move it away, or name another folder with --data');
  }
  const saved = parse(text);
  if (saved) return saved;
  const aside = `${path}.broken`;
  renameSync(path, aside);
  onProblem(`The data folder's worlds.json is damaged: sessions start over. It is kept as ${aside}`);
  return null;
}

function parse(text: string): SavedWorlds | null {
  try {
    return readSavedWorlds(JSON.parse(text));
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  return reasons[code] ?? (code || String(error));
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'the right to is missing',
  EPERM: 'the right to is missing',
  ENOENT: 'the data folder is gone',
  EISDIR: 'it is a folder',
};
