import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SavedWorld, Worlds } from '../world/worlds.ts';

/** Keeps what sessions remember in a data folder. */
export interface WorldsFile {
  /** Something changed that must outlive the run: written soon. */
  changed(): void;
  /** Writes the last state. */
  close(): Promise<void>;
}

interface Saved {
  readonly everybody: Readonly<Record<string, string>>;
  readonly sessions: readonly SavedWorld[];
}

/** How long changes gather before they are written. */
const gatherMs = 200;

/** Opens `worlds.json` of a data folder, fills `worlds` from it, and writes it again on changes and at the end. */
export function openWorldsFile(folder: string, worlds: Worlds, now: () => number): WorldsFile {
  const path = join(folder, 'worlds.json');
  const saved = readSaved(path);
  if (saved) {
    worlds.restore(saved.sessions, now());
    for (const [root, scenario] of Object.entries(saved.everybody)) worlds.everybody.set(root, scenario);
  }
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    writing = writing.catch(() => undefined).then(async () => {
      const state: Saved = { everybody: Object.fromEntries(worlds.everybody), sessions: worlds.save() };
      await writeFile(`${path}.part`, JSON.stringify(state), { mode: 0o600, flush: true });
      await rename(`${path}.part`, path);
    });
    return writing;
  };
  return {
    changed() {
      timer ??= setTimeout(() => {
        timer = null;
        void write().catch(() => undefined);
      }, gatherMs).unref();
    },
    async close() {
      if (timer) clearTimeout(timer);
      await write();
    },
  };
}

/** What an earlier run left; null when there is none, or when it cannot be read. */
function readSaved(path: string): Saved | null {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Saved>;
    return { everybody: value.everybody ?? {}, sessions: Array.isArray(value.sessions) ? value.sessions : [] };
  } catch {
    return null;
  }
}
