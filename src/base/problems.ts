/** The command was called wrongly: an unknown option, a value that is none. The command line exits with 2. */
export class UsageProblem extends Error {
  override readonly name = 'UsageProblem';
  readonly exitCode = 2;
  /** One sentence that says what to do. */
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** The surroundings do not allow it: a port in use, a folder that cannot be written, a certificate that cannot be read. The command line exits with 3. */
export class EnvironmentProblem extends Error {
  override readonly name = 'EnvironmentProblem';
  readonly exitCode = 3;
  /** One sentence that says what to do. */
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** The system's code of an error, such as `EADDRINUSE`; an empty text when it has none. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
