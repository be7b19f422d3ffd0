import type { VerifyFailure } from './failure.ts';

const mostShown = 10;

/** Calls that were to have been made were not, or not so. The message tells of each, with what came instead. */
export class VerificationFailed extends Error {
  readonly failures: readonly VerifyFailure[];

  constructor(failures: readonly VerifyFailure[]) {
    super(failures.slice(0, mostShown).flatMap(({ text, instead }) => [text, ...instead.map(({ id, method, url, status, because }) => `  ${id} ${method} ${url}, ${status === null ? 'not answered' : `answered ${status}`}: ${because.join('; ')}`)]).join('\n'));
    this.name = 'VerificationFailed';
    this.failures = failures;
  }
}
