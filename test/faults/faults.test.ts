import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Mistake } from '../../src/base/diagnostic.ts';
import { faultKinds, faultShape, type Fault } from '../../src/faults/index.ts';
import type { Answer } from '../../src/model/index.ts';
import { invalid, type JsonSchema } from '../../src/shapes/index.ts';

const answer: Answer = { status: 200, headers: [], body: { kind: 'bytes', bytes: Buffer.from('0123456789'), representation: null }, wire: [{ kind: 'delay', ms: 5 }], encodings: [], fault: null };

function read(yaml: string): { readonly fault: Fault | null; readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = [];
  const fault = faultShape.parse(parse(yaml), ['fault'], (_path, mistake) => mistakes.push(mistake));
  return { fault: fault === invalid ? null : fault, mistakes };
}

describe('every kind of fault', () => {
  it('is one of the seven of the language', () => {
    expect(faultKinds.map((kind) => kind.key)).toEqual(['reset', 'empty', 'truncate', 'corrupt', 'garbage', 'hang', 'wrongLength']);
  });

  it.each(faultKinds.flatMap((kind) => kind.examples.map((example) => [kind.key, example.yaml] as const)))('%s: its example `fault: %s` is read and lays one instruction on an answer', (key, yaml) => {
    const { fault, mistakes } = read(yaml);
    expect(mistakes).toEqual([]);
    const made = fault!.apply(answer, 3);
    expect(made).toMatchObject({ status: 200, fault: key, body: answer.body });
    expect(made.wire.length).toBe(2);
    expect(answer.wire.length).toBe(1);
  });

  it('says which do nothing without a body', () => {
    const needing = ['truncate: 60%', 'corrupt: 16 B', 'wrongLength: small', 'reset: { after: 1 B }', 'hang: { after: 0 }'];
    const others = ['reset', 'empty', 'garbage', 'hang'];
    expect(needing.map((yaml) => read(`{ ${yaml} }`).fault!.needsBody)).toEqual(needing.map(() => true));
    expect(others.map((yaml) => read(yaml).fault!.needsBody)).toEqual(others.map(() => false));
  });

  it.each([
    ['{ truncate: 60% }', 6],
    ['{ truncate: 0% }', 0],
    ['{ truncate: 3 B }', 3],
    ['{ truncate: 1 MB }', 10],
  ])('%s cuts ten bytes at %i', (yaml, at) => {
    const wire = read(yaml).fault!.apply(answer, 0).wire.at(-1)!;
    expect(wire.kind === 'truncate' && wire.atByte(10)).toBe(at);
  });

  it('makes the same garbage for the same seed, and other garbage for another', () => {
    const garbage = read('garbage').fault!;
    const bytes = (seed: number): string => JSON.stringify(garbage.apply(answer, seed).wire.at(-1));
    expect(bytes(1)).toBe(bytes(1));
    expect(bytes(1)).not.toBe(bytes(2));
  });
});

describe('mistakes in faults', () => {
  it.each([
    ['truncat', 'unknown-fault', 'Did you mean `truncate`?'],
    ['truncate', 'missing-value', 'Write `fault: { truncate: 60% }`'],
    ['corrupt', 'missing-value', 'Write `fault: { corrupt: 16 B }`'],
    ['{ tuncate: 60% }', 'unknown-key', 'Did you mean `truncate`?'],
    ['{ truncate: 60 }', 'wrong-value', 'Write `60%` or `60 B`'],
    ['{ truncate: 100% }', 'wrong-value', '100% is the whole body: take the fault out, or cut earlier'],
    ['{ truncate: 60 percent }', 'wrong-value', undefined],
    ['{ corrupt: 16 }', 'wrong-value', 'Write the unit, such as `16 B`'],
    ['{ corrupt: 0 B }', 'wrong-value', undefined],
    ['{ wrongLength: bigger }', 'wrong-value', undefined],
    ['{ wrongLength: 3 }', 'wrong-value', 'Write `+3 B` or `-3 B`'],
    ['{ wrongLength: 3 kB }', 'wrong-value', 'Write `+3 kB` or `-3 kB`'],
    ['{ wrongLength: +0 B }', 'wrong-value', 'A length that is off by nothing is right: take the fault out'],
    ['{ reset: { aftr: 1 MB } }', 'unknown-key', 'Did you mean `after`?'],
    ['{ empty: false }', 'wrong-value', 'Take the fault out'],
    ['{}', 'missing-key', undefined],
    ['{ empty: true, garbage: true }', 'too-many-keys', 'Keep one of them'],
    ['[reset]', 'wrong-kind', undefined],
  ])('fault: %s', (yaml, code, fix) => {
    const { fault, mistakes } = read(yaml);
    expect(fault).toBeNull();
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatchObject({ code });
    expect(mistakes[0]!.fix).toBe(fix);
  });
});

it('publishes the bare words and the maps in its JSON Schema', () => {
  expect(faultShape.jsonSchema(new Map<string, JsonSchema>())).toMatchObject({ anyOf: [{ enum: ['reset', 'empty', 'garbage', 'hang', 'wrongLength'] }, { type: 'object', maxProperties: 1, additionalProperties: false }] });
});
