import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { byPlace, type Diagnostic } from '../base/diagnostic.ts';
import { show } from '../base/show.ts';
import { formatSize } from '../base/units.ts';
import { isInside, under } from './inside.ts';
import { walkFolder } from './walk-folder.ts';

/** The text of one scenario file. */
export interface Source {
  /** As people are shown it: relative to the working folder when inside it, absolute otherwise; always with `/`. */
  readonly file: string;
  readonly text: string;
}

export interface FoundSources {
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface SourceOptions {
  /** The working folder; `process.cwd()` unless told. */
  readonly cwd?: string;
  /** Folders that are not looked into (fixtures may be YAML too). */
  readonly exclude?: readonly string[];
  /** Bound on one file. */
  readonly maxFileBytes?: number;
}

const maxFiles = 10_000;
/** Ours, and no scenario. */
const settingsFile = /^rehearsal\.config\.ya?ml$/i;

/**
 * Reads the scenario files under the given files and folders: each file once, sorted, `.yaml` and `.yml` only. Folders are
 * searched to the bottom, but for hidden ones and `node_modules`; a link that leaves the given folder is a mistake.
 */
export function findSources(paths: readonly string[], options: SourceOptions = {}): FoundSources {
  const cwd = resolve(options.cwd ?? process.cwd());
  const maxFileBytes = options.maxFileBytes ?? 5_000_000;
  const excluded = (options.exclude ?? []).map((folder) => canonical(resolve(cwd, folder)));
  const diagnostics: Diagnostic[] = [];
  const found = new Map<string, string>();
  const report = (path: string, code: string, message: string, rest: Partial<Diagnostic> = {}): void => {
    diagnostics.push({ file: shownPath(cwd, path), line: 1, column: 1, code, message, ...rest });
  };

  for (const given of paths) {
    const path = resolve(cwd, given);
    const kind = kindOf(path);
    if (kind === 'missing') report(path, 'missing-path', `There is no scenario file or folder ${show(given)}`, { fix: 'Name a file that ends in .yaml or .yml, or a folder of such files.' });
    else if (kind === 'other') report(path, 'not-a-file', `${show(given)} is neither a file nor a folder`);
    else if (kind === 'folder') collect(path);
    else if (/\.ya?ml$/i.test(path)) found.set(canonical(path), path);
    else report(path, 'not-yaml', `${show(given)} is not a scenario file`, { expected: 'a name that ends in .yaml or .yml' });
  }

  function collect(folder: string): void {
    const root = canonical(folder);
    const walked = walkFolder(folder, { maxFiles, skips: (name, isFolder) => name.startsWith('.') || (isFolder ? name === 'node_modules' : !/\.ya?ml$/i.test(name) || settingsFile.test(name)) });
    if (!walked.complete) report(folder, 'too-many-files', 'The folder holds too much', { expected: `at most ${maxFiles} scenario files, 32 folders deep` });
    for (const name of walked.files) {
      const path = under(folder, sep === '/' ? name : name.replaceAll('/', sep));
      const target = walked.canonical.get(name) ?? canonical(path);
      if (excluded.some((outer) => outer !== root && isInside(outer, target))) continue;
      if (isInside(root, target)) found.set(target, found.get(target) ?? path);
      else report(path, 'source-outside', 'The link leads out of the scenario folder', { fix: 'Copy the file here, or name its folder too.' });
    }
  }

  const sources: Source[] = [];
  for (const path of found.values()) {
    const read = readText(path, maxFileBytes);
    if ('text' in read) sources.push({ file: shownPath(cwd, path), text: read.text });
    else report(path, read.code, read.message, read);
  }
  return { sources: sources.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)), diagnostics: diagnostics.sort(byPlace) };
}

/** A path as it is shown to people. */
export function shownPath(cwd: string, path: string): string {
  const short = path.startsWith(cwd + sep) ? path.slice(cwd.length + 1) : relative(cwd, path);
  const shown = short === '' ? basename(path) : short.startsWith('..') || isAbsolute(short) ? path : short;
  return shown.split(sep).join('/');
}

type Read = { readonly text: string } | { readonly code: string; readonly message: string; readonly expected?: string; readonly got?: string; readonly fix?: string };

function readText(path: string, maxFileBytes: number): Read {
  let text: string;
  try {
    const stats = statSync(path);
    // A pipe would hold the process until somebody writes to it.
    if (!stats.isFile()) return { code: 'not-a-file', message: 'This is not a file', got: 'a folder, device, pipe or socket' };
    const { size } = stats;
    if (size > maxFileBytes) return { code: 'file-too-large', message: 'The scenario file is too large', expected: `at most ${formatSize(maxFileBytes)}`, got: formatSize(size) };
    text = readFileSync(path, 'utf8');
    if (text.includes('\ufffd')) return decode(readFileSync(path));
  } catch (error) {
    return { code: 'unreadable-file', message: 'The scenario file cannot be read', got: (error as NodeJS.ErrnoException).code ?? 'an error' };
  }
  return { text: text.startsWith('\ufeff') ? text.slice(1) : text };
}

/** For text with a letter that may stand for bytes that are no UTF-8. */
function decode(bytes: Buffer): Read {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    return { code: 'not-utf-8', message: 'The scenario file is not UTF-8 text', got: wide ? 'UTF-16' : 'bytes that are no UTF-8', fix: 'Save it as UTF-8.' };
  }
}

function kindOf(path: string): 'file' | 'folder' | 'missing' | 'other' {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'other';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? 'missing' : 'other';
  }
}

function canonical(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
