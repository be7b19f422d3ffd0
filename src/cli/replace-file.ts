import { rename, rm, writeFile } from 'node:fs/promises';
import { EnvironmentProblem } from '../base/problems.ts';

/**
 * Writes a file whole: who waits for it never reads half of it, and one that was there stays until the new one takes its place.
 * @param what as a message names it: `ready file`
 * @throws EnvironmentProblem
 */
export async function replaceFile(file: string, text: string, what: string): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    await writeFile(part, text);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw cannotWrite(file, error, what);
  }
}

export function cannotWrite(file: string, error: unknown, what: string): EnvironmentProblem {
  return new EnvironmentProblem(`The ${what} ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, 'Name a file in a folder that exists and can be written');
}
