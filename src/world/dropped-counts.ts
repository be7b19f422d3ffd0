/** Sessions of which it is known how many exchanges are gone. */
const mostSessions = 10_000;

/** How many exchanges the journal has let go, by session. Past the bound, the session of which the longest none has gone is let go too. */
export class DroppedCounts {
  readonly #bySession = new Map<string, number>();
  #total = 0;
  #last: string | null = null;

  add(session: string): void {
    this.#total += 1;
    const count = this.#bySession.get(session) ?? 0;
    // Only a change of sessions costs a new place in the order.
    if (session !== this.#last) this.#bySession.delete(session);
    this.#bySession.set(session, count + 1);
    this.#last = session;
    if (this.#bySession.size > mostSessions) this.#bySession.delete(this.#bySession.keys().next().value!);
  }

  of(session: string | null): number {
    return session === null ? this.#total : (this.#bySession.get(session) ?? 0);
  }

  forget(session: string | null): void {
    if (session === null) {
      this.#bySession.clear();
      this.#total = 0;
    } else {
      this.#total -= this.of(session);
      this.#bySession.delete(session);
    }
  }
}
