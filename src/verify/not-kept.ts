/** What is asked of a recorded exchange was not kept of it. Its message completes "cannot be judged: …". */
export class NotKept extends Error {
  constructor(reason: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(reason);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'NotKept';
  }
}
