import type { Json } from '../base/json.ts';
import { need, type Collection, type Facts, type Needs } from '../model/index.ts';

/** The fields of a collection that the server fills, for one change. */
export interface Stamp {
  readonly needs: Needs;
  render(facts: Facts): Readonly<Record<string, Json>>;
}

/** `insert`: a row is made; `write`: one is changed. */
export function stampOf(collection: Collection | null, on: 'insert' | 'write'): Stamp {
  const templates = collection === null ? [] : [collection.stamps.write, on === 'insert' ? collection.stamps.insert : null].filter((one) => one !== null);
  return {
    needs: templates.reduce<Needs>((sum, { needs }) => sum | needs, need.nothing),
    render: (facts) => templates.reduce<Record<string, Json>>((stamp, template) => Object.assign(stamp, template.render(facts)), Object.create(null) as Record<string, Json>),
  };
}
