import { accessSync, constants, readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { join, sep } from 'node:path';
import type { Mistake } from '../base/diagnostic.ts';
import { didYouMean } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import type { Fixture, FixtureSource } from '../model/kind.ts';
import { FixtureFile } from './fixture-file.ts';
import { isInside } from './inside.ts';
import { walkFolder } from './walk-folder.ts';

/** A folder fixture may hold this many files. */
const maxFolderFiles = 10_000;
/** So many files are looked at for a "Did you mean". */
const maxSuggestions = 2_000;

/** The fixtures under a folder, and which of them were asked for. */
export interface Fixtures extends FixtureSource {
  /** Whether a file that was given, or what a folder held that was given, is no longer what stands on disk. */
  haveChanged(): boolean;
}

/**
 * The fixtures under a folder. A name becomes a canonical path when it is asked for, and one that leads out of the folder
 * (`..`, an absolute path, a symbolic link) is a mistake. The same source may serve several loads: a file that has not
 * changed since is given again with its content and hash kept.
 */
export function openFixtures(dir: string): Fixtures {
  return new FixtureFolder(dir);
}

type Found = { readonly root: string; readonly path: string; readonly stats: Stats };

class FixtureFolder implements Fixtures {
  readonly #dir: string;
  readonly #kept = new Map<string, FixtureFile>();
  /** Folders that were given, with what they held. */
  readonly #folders = new Map<string, string>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  file(name: string): Fixture | Mistake {
    const found = this.#find(name);
    if ('code' in found) return found;
    if (found.stats.isDirectory()) return notAFile(name, 'a folder', 'Name a file in it, or use `zip` for the whole folder.');
    return this.#fixture(name, found);
  }

  folder(name: string): ReadonlyMap<string, Fixture> | Mistake {
    const found = this.#find(name);
    if ('code' in found) return found;
    if (!found.stats.isDirectory()) {
      return { code: 'not-a-folder', message: `The fixture ${show(name)} is not a folder`, expected: 'a folder', got: found.stats.isFile() ? 'a file' : 'neither' };
    }
    const walked = walkFolder(found.path, { maxFiles: maxFolderFiles, within: found.root });
    if (walked.complete === false) {
      return { code: 'too-many-fixtures', message: `The fixture folder ${show(name)} holds too much`, expected: `at most ${maxFolderFiles} files, 32 folders deep` };
    }
    const files = new Map<string, Fixture>();
    for (const inner of walked.files) {
      const full = name === '' || name === '.' ? inner : `${name.replace(/\/+$/, '')}/${inner}`;
      const fixture = this.file(full);
      if ('code' in fixture) return fixture;
      files.set(inner, fixture);
    }
    this.#folders.set(name, contentsOf(files));
    return files;
  }

  haveChanged(): boolean {
    for (const [name, file] of this.#kept) {
      const found = this.#find(name);
      if ('code' in found || !file.isStill(found.path, found.stats)) return true;
    }
    for (const [name, held] of [...this.#folders]) {
      const files = this.folder(name);
      if ('code' in files || contentsOf(files) !== held) return true;
    }
    return false;
  }

  #fixture(name: string, found: Found): Fixture | Mistake {
    if (!found.stats.isFile()) return notAFile(name, 'a device, pipe or socket');
    try {
      accessSync(found.path, constants.R_OK);
    } catch {
      return { code: 'unreadable-fixture', message: `The fixture ${show(name)} cannot be read`, fix: 'Give the account that runs this server the right to read it.' };
    }
    const kept = this.#kept.get(name);
    if (kept?.isStill(found.path, found.stats)) return kept;
    const fixture = new FixtureFile(name, found.path, found.stats);
    this.#kept.set(name, fixture);
    return fixture;
  }

  #find(name: string): Found | Mistake {
    const mistake = mistakeInName(name);
    if (mistake) return mistake;
    let root: string;
    try {
      root = realpathSync.native(this.#dir);
    } catch {
      return { code: 'missing-fixture', message: `There is no fixture ${show(name)}: the fixtures folder ${show(this.#dir)} does not exist`, fix: 'Create it, or name another with `--fixtures DIR`.' };
    }
    const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
    let path: string;
    let stats: Stats;
    try {
      path = realpathSync.native(join(root, ...segments));
      if (!isInside(root, path)) return outside(name);
      stats = statSync(path);
    } catch (error) {
      return this.#missing(name, root, error as NodeJS.ErrnoException);
    }
    return differsInCase(root, segments, path) ?? { root, path, stats };
  }

  #missing(name: string, root: string, error: NodeJS.ErrnoException): Mistake {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR' && error.code !== 'ENAMETOOLONG') {
      return { code: 'unreadable-fixture', message: `The fixture ${show(name)} cannot be read`, got: error.code === 'ELOOP' ? 'symbolic links in a circle' : error.code };
    }
    const { files } = walkFolder(root, { maxFiles: maxSuggestions });
    const elsewhere = files.find((file) => file.slice(file.lastIndexOf('/') + 1) === name.slice(name.lastIndexOf('/') + 1));
    return {
      code: 'missing-fixture',
      message: `There is no fixture ${show(name)} in ${show(this.#dir)}`,
      fix: elsewhere === undefined ? didYouMean(name, files) : `Did you mean \`${elsewhere}\`?`,
    };
  }
}

function contentsOf(files: ReadonlyMap<string, Fixture>): string {
  return [...files.keys()].join('\0');
}

/** What is wrong with a name before any file is looked at. */
function mistakeInName(name: string): Mistake | null {
  if (name.includes('\0')) return { code: 'bad-fixture-name', message: `The fixture name ${show(name)} has a NUL character in it` };
  if (name.includes('\\')) return { code: 'bad-fixture-name', message: `The fixture name ${show(name)} has a backslash in it`, fix: 'Use `/` between folders, on every system.' };
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) {
    return { code: 'fixture-outside', message: `The fixture name ${show(name)} is an absolute path`, expected: 'a name under the fixtures folder', fix: 'Copy the file there and give its name.' };
  }
  return name.split('/').includes('..') ? outside(name) : null;
}

function outside(name: string): Mistake {
  return { code: 'fixture-outside', message: `The fixture ${show(name)} is outside the fixtures folder`, expected: 'a name under the fixtures folder', fix: 'Copy the file there and give its name.' };
}

function notAFile(name: string, got: string, fix?: string): Mistake {
  return { code: 'not-a-file', message: `The fixture ${show(name)} is not a file`, expected: 'a file', got, fix };
}

/** On a system that does not tell `A.zip` from `a.zip`, a name in the wrong case works today and fails on the next machine. */
function differsInCase(root: string, segments: readonly string[], path: string): Mistake | null {
  const written = join(root, ...segments);
  if (path === written || path.toLowerCase() !== written.toLowerCase()) return null;
  const asWritten = segments.every((segment, index) => readdirSync(join(root, ...segments.slice(0, index))).includes(segment));
  if (asWritten) return null;
  const real = path.slice(root.length + 1).split(sep).join('/');
  return { code: 'fixture-case', message: `The fixture ${show(segments.join('/'))} differs in upper and lower case from the file`, expected: real, fix: `Write \`${real}\`: other systems tell the two apart.` };
}
