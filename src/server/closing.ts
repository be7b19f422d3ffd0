/** What has been opened, to be closed the other way round. */
export class Closing {
  #steps: (() => Promise<unknown> | void)[] = [];

  /** This is open from now on; `close` says how it is closed. */
  add(close: () => Promise<unknown> | void): void {
    this.#steps.push(close);
  }

  /** Closes everything, whatever fails on the way; then throws what failed first. Called again, there is nothing left to do. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
