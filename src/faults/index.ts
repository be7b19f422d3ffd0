import type { Mistake } from '../base/diagnostic.ts';
import { didYouMean } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import type { Answer } from '../model/answer.ts';
import type { FaultKind } from '../model/kind.ts';
import { byKind, invalid, object, optional, text, turned, type In, type Optional, type Shape } from '../shapes/index.ts';
import { corrupt } from './corrupt.ts';
import { empty } from './empty.ts';
import { garbage } from './garbage.ts';
import { hang } from './hang.ts';
import { reset } from './reset.ts';
import { truncate } from './truncate.ts';
import { wrongLength } from './wrong-length.ts';

const kinds = { reset, empty, truncate, corrupt, garbage, hang, wrongLength };

/** Every kind of fault; a new one is one file and one entry above. */
export const faultKinds: readonly FaultKind[] = Object.values(kinds);

/** A fault, read and ready to be laid on answers. */
export interface Fault {
  readonly name: string;
  /** It shows only in a body: on HEAD, and without a body, it does nothing. */
  readonly needsBody: boolean;
  /** `apply` uses the seed. */
  readonly seeded: boolean;
  apply(answer: Answer, seed: number): Answer;
}

type Kinds = typeof kinds;
/** Faults that need no value and may stand as a bare word. */
type BareWord = { [K in keyof Kinds]: Kinds[K]['bare'] extends undefined ? never : K }[keyof Kinds];
type FaultIn = BareWord | { readonly [K in keyof Kinds]?: In<Kinds[K]['shape']> };

const names = faultKinds.map((kind) => kind.key);
const bareNames = faultKinds.filter((kind) => kind.bare !== undefined).map((kind) => kind.key);

const word: Shape<Fault, string> = turned(text({ expected: 'the name of a fault' }), (value, path, report) => {
  const kind = faultKinds.find((one) => one.key === value);
  if (kind && kind.bare !== undefined) return faultOf(kind, kind.bare);
  report(path, kind ? valueMissing(kind) : unknownFault(value));
  return invalid;
});

const map: Shape<Fault, object> = turned(
  object(Object.fromEntries(faultKinds.map((kind) => [kind.key, optional(kind.shape)])) as Record<string, Optional<Shape<unknown>>>, { name: '`fault`', oneOf: { keys: names, atLeastOne: false }, expected: 'a map with the name of a fault' }),
  (value, path, report) => {
    const kind = faultKinds.find((one) => Object.hasOwn(value, one.key));
    if (kind) return faultOf(kind, value[kind.key]);
    report(path, { code: 'missing-key', message: 'No fault is named', expected: `one of ${names.map((name) => `\`${name}\``).join(', ')}`, got: 'an empty map' });
    return invalid;
  },
);

/** What stands behind `fault:`: a bare word, or a map from the kind to its value. */
export const faultShape: Shape<Fault, FaultIn> = {
  ...(byKind([word, map], { expected: `a fault: ${names.map((name) => `\`${name}\``).join(', ')}`, about: 'What goes wrong on the wire.' }) as Shape<Fault, FaultIn>),
  jsonSchema: (definitions) => ({ anyOf: [{ enum: bareNames }, { ...map.jsonSchema(definitions), minProperties: 1, maxProperties: 1 }], description: 'What goes wrong on the wire.' }),
};

function faultOf(kind: FaultKind, value: unknown): Fault {
  return { name: kind.key, needsBody: kind.needsBody(value), seeded: kind.seeded ?? false, apply: (answer, seed) => kind.apply(value, answer, seed) };
}

function unknownFault(value: string): Mistake {
  return { code: 'unknown-fault', message: 'There is no such fault', expected: `one of ${names.map((name) => `\`${name}\``).join(', ')}`, got: show(value), fix: didYouMean(value, names) };
}

function valueMissing(kind: FaultKind): Mistake {
  return { code: 'missing-value', message: `The fault \`${kind.key}\` needs a value`, expected: kind.shape.expected, got: 'the bare word', fix: `Write \`fault: ${kind.examples[0]!.yaml}\`` };
}
