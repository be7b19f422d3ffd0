/** @typedef {import('../../model/exchange.ts').Exchange} Exchange */

/** As many as the server keeps by default. */
export const mostExchanges = 10_000;
/** Cut off in one go, so that a busy stream does not move the whole list each time. */
const slack = 500;
/** How long arrivals are gathered before anybody is told: faster than that nobody reads. */
const gatherMs = 120;

/**
 * The newest exchanges, the oldest first. Arrivals only ever come at the end; whatever else happens counts as another
 * `generation`, so that a view that follows can take what is new, and otherwise begins again.
 */
export class ExchangeStore {
  /** @type {Exchange[]} */
  #items = [];
  /** @type {Map<string, Exchange>} */
  #byId = new Map();
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #gathering = false;
  #taken = 0;
  generation = 0;

  /** @returns {readonly Exchange[]} */
  get items() {
    return this.#items;
  }

  /** The place after the newest: a number that stays what it is when the oldest go. */
  get end() {
    return this.#taken + this.#items.length;
  }

  /** @param {string} id */
  get(id) {
    return this.#byId.get(id) ?? null;
  }

  /** @param {Exchange} exchange */
  add(exchange) {
    if (this.#byId.has(exchange.id)) return;
    this.#byId.set(exchange.id, exchange);
    this.#items.push(exchange);
    this.#trim();
    this.#tell();
  }

  /** The ids of those before a place. @param {number} place A value of `end`. */
  idsBefore(place) {
    return new Set(this.#items.slice(0, Math.max(0, place - this.#taken)).map(({ id }) => id));
  }

  /**
   * Puts in what was missed, in the journal's order; what has come since then stays behind it.
   * @param {number} place A value of `end`, after which something is missing.
   * @param {readonly Exchange[]} journal What the journal has from there on, the oldest first.
   */
  mend(place, journal) {
    const at = Math.max(0, place - this.#taken);
    const before = this.#items.slice(0, at);
    const known = new Set(before.map(({ id }) => id));
    const told = journal.filter(({ id }) => !known.has(id));
    for (const { id } of told) known.add(id);
    this.#items = [...before, ...told, ...this.#items.slice(at).filter(({ id }) => !known.has(id))];
    this.#byId = new Map(this.#items.map((one) => [one.id, one]));
    this.generation += 1;
    this.#trim();
    this.#tell();
  }

  /** @param {(exchange: Exchange) => boolean} [goes] Without it, all. */
  forget(goes = () => true) {
    this.#taken += this.#items.length;
    this.#items = this.#items.filter((one) => !goes(one));
    this.#taken -= this.#items.length;
    this.#byId = new Map(this.#items.map((one) => [one.id, one]));
    this.generation += 1;
    this.#tell();
  }

  /** @param {() => void} listener Called some time after the store has changed. */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #trim() {
    if (this.#items.length < mostExchanges + slack) return;
    const gone = this.#items.splice(0, this.#items.length - mostExchanges);
    for (const { id } of gone) this.#byId.delete(id);
    this.#taken += gone.length;
    this.generation += 1;
  }

  #tell() {
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => {
      this.#gathering = false;
      for (const listener of this.#listeners) listener();
    }, gatherMs);
  }
}
