import type { Path } from '../base/place.ts';
import { replyShape } from '../replies/index.ts';
import { byKind, invalid, list, object, optional, turned, type In, type Invalid, type Optional, type Out, type Report } from '../shapes/index.ts';
import { afterShape } from './after.ts';
import { changeKinds, kinds } from './kinds.ts';

type Kinds = typeof kinds;
type Fields = { readonly [K in keyof Kinds]: Optional<Kinds[K]['shape']> } & { readonly after: Optional<typeof afterShape>; readonly orElse: Optional<typeof replyShape> };

const fields = {
  ...Object.fromEntries(changeKinds.map((kind) => [kind.key, optional({ ...kind.shape, about: kind.about })])),
  after: optional(afterShape),
  orElse: optional({ ...replyShape, about: 'The reply when the change cannot be made: nothing is there, a row is bad, a unique value is taken. `failure.reason`, `failure.detail` and `failure.errors` are at hand in it, and all changes of the rule are undone.' }),
} as unknown as Fields;

const inside = (key: string): string => `Write \`${key}\` in the map behind the change, such as \`get: { in: tasks, id: 1, as: task }\``;
const foreign = {
  ...Object.fromEntries(['in', 'id', 'where', 'value', 'values', 'as', 'bad', 'sort', 'limit', 'page', 'select', 'name', 'scheme', 'subject', 'claims'].map((key) => [key, inside(key)])),
  create: 'Write `insert`', push: 'Write `insert`', append: 'Write `insert`', upsert: 'Write `get` with `orElse`, or two rules: one that finds the row, one that does not', delete: 'Write `remove`', patch: 'Write `update`', modify: 'Write `update`', put: 'Write `replace`', list: 'Write `find`', select: 'Write `find`', read: 'Write `get`', increment: 'Write `add`', vars: 'Write `set`', move: 'Write `state`', goto: 'Write `state`', token: 'Write `issue`', delay: 'Write `after`', wait: 'Write `after`', else: 'Write `orElse`', otherwise: 'Write `orElse`', respond: 'Write `orElse`, or `respond` on the rule',
};

const anyKinds = object(fields, { name: 'a change', definition: 'change', foreign, expected: 'a change (a map such as `{ insert: … }`)', about: 'One change of what the scenario remembers, or several in the order in which they stand.' });

/** A change: what it does under its kind's key, beside it when it happens and what is answered when it cannot. Several kinds in one map are several changes. */
const changeShape = turned(inWrittenOrder(anyKinds), kindsOrNone);

/** What stands under `do`. */
export const doShape = byKind([changeShape, list(changeShape, { min: 1, expected: 'a list of at least one change' })], {
  expected: 'a change (a map), or a list of changes',
  about: 'Changes of what the scenario remembers, in order, before the reply is rendered: all or none.',
});

export type ChangeValue = Out<typeof changeShape>;
export type DoValue = Out<typeof doShape>;
/** As an author writes it. */
export type DoIn = In<typeof doShape>;

/** The keys of the kinds of change that a map has, as written. */
export function kindKeysOf(value: object): readonly string[] {
  return Object.keys(value).filter((name) => changeKinds.some(({ key }) => key === name));
}

type Given = Out<typeof anyKinds>;

/** A map read by a shape has its keys in the shape's order; changes happen in the author's. */
function inWrittenOrder(shape: typeof anyKinds): typeof anyKinds {
  return {
    ...shape,
    parse(value, path, report) {
      const parsed = shape.parse(value, path, report);
      if (parsed === invalid) return invalid;
      return Object.fromEntries(Object.keys(value as object).filter((key) => Object.hasOwn(parsed, key)).map((key) => [key, parsed[key as keyof Given]])) as Given;
    },
  };
}

function kindsOrNone(value: Given, path: Path, report: Report): Given | Invalid {
  const found = kindKeysOf(value);
  const [key, second] = found;
  if (key === undefined) {
    report(path, { code: 'missing-key', message: 'A change needs to say what it does', expected: `one of ${changeKinds.map((kind) => `\`${kind.key}\``).join(', ')}`, got: 'none of them' });
    return invalid;
  }
  const option = ['after', 'orElse'].find((name) => Object.hasOwn(value, name));
  if (second !== undefined && option !== undefined) {
    const names = found.map((one) => `\`${one}\``).join(' and ');
    report([...path, option], { code: 'unclear-key', message: `\`${option}\` belongs to one change, and this map has ${names}`, expected: 'one change in the map', got: names, fix: `Write a list, so that it is clear which one is meant: \`[ ${found.map((one) => `{ ${one}: … }`).join(', ')} ]\`` }, 'key');
    return invalid;
  }
  return strayOptions(value, key, path, report) ? invalid : value;
}

/** Whether `after` or `orElse` stands where it means nothing. */
function strayOptions(value: object, key: string, path: Path, report: Report): boolean {
  const options = changeKinds.find((kind) => kind.key === key)?.options ?? {};
  const has = (name: string): boolean => Object.hasOwn(value, name);
  const stray = (name: string, message: string): true => {
    report([...path, name], { code: 'key-without-its-key', message, fix: `Take \`${name}\` out` }, 'key');
    return true;
  };
  if (has('after') && !Object.hasOwn(options, 'after')) return stray('after', `\`${key}\` cannot wait: what it gives is for this request`);
  if (has('orElse') && !Object.hasOwn(options, 'orElse')) return stray('orElse', `\`${key}\` cannot fail, so \`orElse\` would never answer`);
  if (!has('after')) return false;
  if (has('orElse')) return stray('orElse', 'A change that waits fails after the reply, so `orElse` would never answer');
  const inner = (value as Readonly<Record<string, unknown>>)[key];
  if (key === 'set' || key === 'add' || typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, 'as')) return false;
  report([...path, key, 'as'], { code: 'key-without-its-key', message: 'A change that waits gives nothing to this request, so `as` would be empty', fix: 'Take `as` out, or `after`' }, 'key');
  return true;
}
