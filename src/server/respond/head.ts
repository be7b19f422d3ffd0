/** The headers of a response on their way to the wire: name, value, name, value. Names compare without regard to case. */
export class Head {
  readonly #flat: string[];
  readonly #leaveOut: ReadonlySet<string>;

  constructor(headers: readonly string[], leaveOut: readonly string[] = []) {
    this.#flat = [...headers];
    this.#leaveOut = new Set(leaveOut);
  }

  get(name: string): string | null {
    const lower = name.toLowerCase();
    for (let index = 0; index < this.#flat.length; index += 2) if (this.#flat[index]!.toLowerCase() === lower) return this.#flat[index + 1]!;
    return null;
  }

  /** Whether the author of the reply wants this header not to come by itself. */
  leavesOut(name: string): boolean {
    return this.#leaveOut.has(name.toLowerCase());
  }

  /** Adds a header that comes by itself: not when the reply sets it, or leaves it out. */
  add(name: string, value: string): void {
    if (!this.leavesOut(name) && this.get(name) === null) this.#flat.push(name, value);
  }

  /** Sets a header whatever the reply says. */
  set(name: string, value: string): void {
    this.remove((one) => one === name.toLowerCase());
    this.#flat.push(name, value);
  }

  /** Adds a member to a list, unless it is there. */
  addMember(name: string, member: string): void {
    const present = this.get(name);
    if (present === null) this.add(name, member);
    else if (!present.split(',').some((one) => ['*', member.toLowerCase()].includes(one.trim().toLowerCase()))) this.set(name, `${present}, ${member}`);
  }

  /** Takes out every header whose name, in lower case, is `unwanted`. */
  remove(unwanted: (name: string) => boolean): void {
    for (let index = this.#flat.length - 2; index >= 0; index -= 2) if (unwanted(this.#flat[index]!.toLowerCase())) this.#flat.splice(index, 2);
  }

  flat(): string[] {
    return this.#flat;
  }
}
