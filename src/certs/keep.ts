import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentProblem, errorCode } from '../base/problems.ts';
import { makeFolder } from '../files/make-folder.ts';
import type { Issued } from './issue.ts';

/** The two files of a certificate as they are on disk; null where there is none. */
export interface KeptPair {
  readonly cert: string | null;
  readonly key: string | null;
}

const mostBytes = 256 * 1024;

/** Reads `NAME.pem` and `NAME.key`: at once, since that is sooner done than asked for. Throws EnvironmentProblem when a file is there and cannot be read. */
export function readPair(dir: string, name: string): KeptPair {
  return { cert: readText(join(dir, `${name}.pem`)), key: readText(join(dir, `${name}.key`)) };
}

/** Writes key and certificate, each whole or not at all; the key is for its owner only. Throws EnvironmentProblem. */
export async function writePair(dir: string, name: string, issued: Issued): Promise<void> {
  await writeWhole(dir, `${name}.key`, issued.key, 0o600);
  await writeWhole(dir, `${name}.pem`, issued.cert, 0o644);
}

/** A file that another process sees either as it was or complete: written under another name, synced, renamed. */
export async function writeWhole(dir: string, name: string, text: string, mode: number): Promise<void> {
  const temporary = join(dir, `.${name}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(dir, name));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw cannotWrite(dir, error);
  }
}

/**
 * Makes the folder ready to hold keys: there, swept of what a killed process left, and ignored by git when it has no
 * `.gitignore` yet. Only to be called by who holds the folder's lock.
 */
export async function prepareFolder(dir: string): Promise<void> {
  try {
    for (const entry of await readdir(dir)) {
      if (/^\.rehearsal.*\.tmp$|^\.self-signed.*\.tmp$/.test(entry)) await rm(join(dir, entry), { force: true });
    }
    await writeFile(join(dir, '.gitignore'), '# Keys of this machine. Never to be shared.\n*\n!README.md\n', { flag: 'wx' }).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  } catch (error) {
    throw cannotWrite(dir, error);
  }
}

export function makeCertsFolder(dir: string): void {
  try {
    makeFolder(dir);
  } catch (error) {
    throw cannotWrite(dir, error);
  }
}

/** Takes from others the right to read a key, when a copy or a checkout gave it. Says so, or why it could not; null when all was well. */
export function guardKey(file: string): string | null {
  if (process.platform === 'win32') return null;
  try {
    if ((statSync(file).mode & 0o077) === 0) return null;
    chmodSync(file, 0o600);
    return `${file} could be read by others; its mode is 0600 now.`;
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? null : `${file} can be read by others, and its mode cannot be changed (${errorCode(error)}).`;
  }
}

export function cannotWrite(dir: string, error: unknown): EnvironmentProblem {
  const code = errorCode(error);
  return new EnvironmentProblem(`Cannot write certificates in ${dir}${code ? ` (${code})` : ''}`, 'Give a folder that can be written with `--certs DIR`.');
}

function readText(file: string): string | null {
  try {
    if (statSync(file).size <= mostBytes) return readFileSync(file, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return null;
    throw new EnvironmentProblem(`Cannot read ${file} (${code})`, 'Let this user read it, or give another folder with `--certs DIR`.');
  }
  throw new EnvironmentProblem(`${file} is too large to be a certificate or key`, 'Move it away and start again: a new one is made.');
}
