import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { normalize } from 'node:path';
import { isInside, under } from './inside.ts';

export interface Walked {
  /** Paths relative to the folder, with `/`, sorted. */
  readonly files: readonly string[];
  /** Where those of them are that are no links themselves: canonical, and never looked up one by one. */
  readonly canonical: ReadonlyMap<string, string>;
  /** False when a bound was reached before the end. */
  readonly complete: boolean;
}

export interface WalkOptions {
  readonly maxFiles: number;
  /** Folders inside each other; 32 unless told. */
  readonly maxDepth?: number;
  /** Canonical. */
  readonly within?: string;
  /** Whether to leave out an entry, by its bare name and whether it is a folder. */
  readonly skips?: (name: string, isFolder: boolean) => boolean;
}

/**
 * Every file under a folder. Symbolic links are followed, each folder once; a link to a folder outside `within` (the folder
 * itself unless told) is not entered but listed like a file, for the caller to judge. What cannot be read is passed over.
 */
export function walkFolder(root: string, options: WalkOptions): Walked {
  const { maxFiles, maxDepth = 32, skips } = options;
  const files: string[] = [];
  const known = new Map<string, string>();
  const seen = new Set<string>();
  const within = options.within ?? realpathOrNull(root) ?? root;
  let complete = true;
  const enter = (folder: string, prefix: string, depth: number): void => {
    const canonical = realpathOrNull(folder);
    if (canonical === null || seen.has(canonical)) return;
    if (!isInside(within, canonical)) {
      files.push(prefix.slice(0, -1));
      return;
    }
    seen.add(canonical);
    if (depth > maxDepth || seen.size > maxFiles) {
      complete = false;
      return;
    }
    for (const entry of entriesOf(folder)) {
      if (files.length >= maxFiles) {
        complete = false;
        return;
      }
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && isFolderAt(under(folder, entry.name)));
      if (skips?.(entry.name, isFolder)) continue;
      const name = prefix + entry.name;
      if (isFolder) enter(under(folder, entry.name), `${name}/`, depth + 1);
      else files.push(name);
      if (entry.isFile()) known.set(name, under(canonical, entry.name));
    }
  };
  enter(normalize(root), '', 1);
  return { files: files.sort(), canonical: known, complete };
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function realpathOrNull(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

function isFolderAt(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
