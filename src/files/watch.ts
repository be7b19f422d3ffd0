import { statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import type { FSWatcher } from 'chokidar';
import { isInside } from './inside.ts';

export interface WatchOptions {
  /** Scenario files and folders. Those that do not exist yet are looked for in their parent folder. */
  readonly paths: readonly string[];
  /** Called once for each burst of changes, when it has settled. */
  readonly onChange: () => void;
  /** The watching itself failed (out of watches, a folder not readable); changes may be missed from now on. */
  readonly onError?: (error: Error) => void;
  /** How long nothing must change for a burst to be over; 50 ms unless told, and not less: for so long chokidar keeps quiet about further changes of a file. */
  readonly settleMs?: number;
  readonly timer?: WatchTimer;
}

/** The part of the clock that watching needs. */
export interface WatchTimer {
  set(run: () => void, ms: number): unknown;
  clear(handle: unknown): void;
}

export interface Watch {
  /** Stops; no call comes after. */
  close(): Promise<void>;
}

/** A burst that never ends (a program that writes for ever) is reported after this many waits. */
const maxWaits = 10;

/**
 * Watches files and folders and says when something in them has changed. Resolves when it is watching. An editor that
 * saves by renaming a new file over the old one makes one change.
 */
export async function watchFiles(options: WatchOptions): Promise<Watch> {
  const { onChange, onError, settleMs = 50, timer = realTimer } = options;
  const { watch } = await import('chokidar');
  let pending: unknown = null;
  let waits = 0;
  let closed = false;
  const settle = (): void => {
    pending = null;
    waits = 0;
    if (!closed) onChange();
  };
  const noteChange = (): void => {
    if (closed) return;
    if (pending !== null) {
      if (waits >= maxWaits) return;
      waits += 1;
      timer.clear(pending);
    }
    pending = timer.set(settle, settleMs);
  };

  const wanted = options.paths.map((path) => resolve(path));
  // With the folder around it, one that goes away and comes back (a branch is checked out) is seen again.
  const folders = new Set(wanted.flatMap((path) => [dirname(path), watchedFolder(path)]));
  const watcher = watch([...folders], { ignoreInitial: true, atomic: 20, ignorePermissionErrors: true, ignored: (path) => isIgnored(path, wanted) });
  watcher.on('all', noteChange);
  watcher.on('error', (error) => onError?.(error as Error));
  await ready(watcher);
  return {
    close: async () => {
      closed = true;
      if (pending !== null) timer.clear(pending);
      await watcher.close();
    },
  };
}

/** A single file is watched through its folder: a watch on the file itself would follow the old one when an editor renames a new one over it. */
function watchedFolder(path: string): string {
  try {
    return statSync(path).isDirectory() ? path : dirname(path);
  } catch {
    return dirname(path);
  }
}

/** Only what is wanted, in it, or on the way to it; never hidden folders and installed packages below it. */
function isIgnored(path: string, wanted: readonly string[]): boolean {
  return !wanted.some((root) => {
    if (isInside(path, root)) return true;
    if (!isInside(root, path)) return false;
    return !path.slice(root.length).split(sep).some((name) => name === 'node_modules' || (name.startsWith('.') && name !== '.'));
  });
}

function ready(watcher: FSWatcher): Promise<void> {
  return new Promise((done) => watcher.once('ready', () => done()));
}

const realTimer: WatchTimer = {
  set: (run, ms) => setTimeout(run, ms),
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
