import type { RunVerdict } from '../run-verdict.ts';

/** Raised when a reader of the file would have to change. */
export const accountVersion = 1;

/** `--json`: the verdict as it is, for programs. */
export function jsonReport(verdict: RunVerdict): string {
  return `${JSON.stringify({ version: accountVersion, ...verdict }, null, 2)}\n`;
}
