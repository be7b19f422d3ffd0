/** Failures of one kind that are kept in one window: enough to see them, too few to crowd out everything else. */
const mostKept = 20;
const windowMs = 60_000;
/** Clients choose the names that they ask for, so the kinds are bounded; past it all others are one. */
const mostKinds = 100;

interface Kind {
  sinceMs: number;
  kept: number;
  leftOut: number;
}

/**
 * Says which of many failures that are alike are kept. A browser whose visitor has clicked a warning away breaks off one handshake
 * for each of its requests: a journal of nothing else would help nobody.
 */
export class AlikeFailures {
  readonly #kinds = new Map<string, Kind>();

  /**
   * Null: this one is only counted. Otherwise it is kept, and `more` is what to say beside it of others like it: '' when there is nothing.
   * @param nowMs on a clock that never jumps
   */
  keep(kind: string, nowMs: number): { readonly more: string } | null {
    const known = this.#of(kind, nowMs);
    if (nowMs - known.sinceMs >= windowMs) return this.#begin(known, nowMs);
    if (known.kept >= mostKept) {
      known.leftOut += 1;
      return null;
    }
    known.kept += 1;
    return { more: known.kept === mostKept ? ' Further ones like it are only counted for a minute.' : '' };
  }

  #of(name: string, nowMs: number): Kind {
    const key = this.#kinds.has(name) || this.#kinds.size < mostKinds ? name : '';
    let kind = this.#kinds.get(key);
    if (!kind) this.#kinds.set(key, (kind = { sinceMs: nowMs, kept: 0, leftOut: 0 }));
    return kind;
  }

  #begin(kind: Kind, nowMs: number): { readonly more: string } {
    const { leftOut } = kind;
    kind.sinceMs = nowMs;
    kind.kept = 1;
    kind.leftOut = 0;
    return { more: leftOut === 0 ? '' : ` Before it came ${leftOut} more like it, which were only counted.` };
  }
}
