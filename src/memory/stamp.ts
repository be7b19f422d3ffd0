import type { Json } from '../base/json.ts';
import { need, type Collection, type Facts, type Needs, type Stamped } from '../model/index.ts';

type Fields = Readonly<Record<string, Json>>;

/** The fields of a collection that the server fills, for one change. */
export interface Stamp {
  readonly needs: Needs;
  /**
   * For one row. What is drawn for it is its own: it depends on `place` (the rule and its change, or the route: what counts calls),
   * and on the row's position among those of the change.
   */
  render(facts: Facts, place: string, row?: number): Fields;
  /** For so many rows: one where nothing is drawn, else one for each. */
  renderAll(facts: Facts, place: string, rows: number): Stamped;
}

/** `insert`: a row is made; `write`: one is changed. */
export function stampOf(collection: Collection | null, on: 'insert' | 'write'): Stamp {
  const templates = collection === null ? [] : [collection.stamps.write, on === 'insert' ? collection.stamps.insert : null].filter((one) => one !== null);
  const needs = templates.reduce<Needs>((sum, one) => sum | one.needs, need.nothing);
  const draws = (needs & need.call) !== 0;
  const fill = (facts: Facts): Fields => templates.reduce<Record<string, Json>>((stamp, template) => Object.assign(stamp, template.render(facts)), Object.create(null) as Record<string, Json>);
  const render = (facts: Facts, place: string, row = 0): Fields => fill(draws ? withDrawsOf(facts, `${place}|row ${row}`) : facts);
  return {
    needs, render,
    renderAll: (facts, place, rows) => (draws && rows > 1 ? Array.from({ length: rows }, (_, row) => render(facts, place, row)) : render(facts, place)),
  };
}

/** That of one row, by its position. */
export function stampAt(stamp: Stamped, row: number): Fields {
  return isList(stamp) ? stamp[row % stamp.length]! : stamp;
}

/** The same with further fields over those of each row. */
export function stampOver(stamp: Stamped, fields: Fields): Stamped {
  const over = (one: Fields): Fields => Object.assign(Object.create(null) as Record<string, Json>, one, fields);
  return isList(stamp) ? stamp.map(over) : over(stamp);
}

function isList(stamp: Stamped): stamp is readonly Fields[] {
  return Array.isArray(stamp);
}

/** The same facts, but for what is drawn: the templates of a collection are one, whichever change of whichever route asks for them. */
function withDrawsOf(facts: Facts, place: string): Facts {
  return new Proxy(facts, {
    get(target, name) {
      if (name === 'random') return (label: string) => target.random(`${place}|${label}`);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
