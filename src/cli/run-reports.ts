import { appendFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnvironmentProblem } from '../base/problems.ts';
import { makeFolder } from '../files/make-folder.ts';
import type { Account } from '../verify/reports/account.ts';
import { cannotWrite, replaceFile } from './replace-file.ts';

/** Where accounts of a run are to be written; null: nowhere. */
export interface ReportFiles {
  readonly junit: string | null;
  readonly json: string | null;
  readonly summary: string | null;
}

/**
 * Makes their folders, so that a command of ten minutes is not begun when its account could not be written; and takes away what an
 * earlier run left, which a pipeline would take for this one's. Throws EnvironmentProblem.
 */
export async function prepareReports({ junit, json, summary }: ReportFiles): Promise<void> {
  for (const file of [junit, json, summary]) {
    if (file === null) continue;
    try {
      makeFolder(dirname(file));
      if (file === summary) await appendFile(file, '');
      else await rm(file, { force: true });
    } catch (error) {
      throw cannotWrite(file, error, 'account');
    }
  }
}

/** Writes those that were asked for: whole, but for the summary, which other steps of a pipeline write to as well. Gives what could not be written. */
export async function writeReports({ junit, json, summary }: ReportFiles, account: Account): Promise<readonly EnvironmentProblem[]> {
  const problems: EnvironmentProblem[] = [];
  const attempt = async (file: string | null, write: (file: string) => Promise<void>): Promise<void> => {
    if (file === null) return;
    try {
      await write(file);
    } catch (error) {
      problems.push(error instanceof EnvironmentProblem ? error : cannotWrite(file, error, 'account'));
    }
  };
  await attempt(junit, async (file) => replaceFile(file, (await import('../verify/reports/junit.ts')).junitReport(account), 'account'));
  await attempt(json, async (file) => replaceFile(file, (await import('../verify/reports/json.ts')).jsonReport(account.verdict), 'account'));
  await attempt(summary, async (file) => appendFile(file, (await import('../verify/reports/summary.ts')).summaryReport(account)));
  return problems;
}
