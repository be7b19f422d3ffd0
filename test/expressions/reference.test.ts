import { describe, expect, it } from 'vitest';
import { exampleBody, functionReference, nameReference } from '../../src/expressions/index.ts';
import { signatureOf } from '../../src/expressions/functions/define.ts';
import { functions } from '../../src/expressions/functions/index.ts';
import { evaluate } from './facts.ts';

describe('the reference', () => {
  it.each(functionReference().map((entry) => [entry.example, entry.value]))('%s gives %s', (example, value) => {
    expect(JSON.stringify(evaluate(example, { json: exampleBody }))).toBe(value);
  });

  it.each(nameReference().map((entry) => [entry.example]))('%s is a name that can be read', (example) => {
    expect(() => evaluate(example, { json: exampleBody, parts: [{ name: 'file', filename: 'a.zip' }] })).not.toThrow();
  });

  it('has a signature for each function that the compiler can read', () => {
    for (const entry of functions.values()) {
      expect(entry.signature.startsWith(`${entry.name}(`), entry.signature).toBe(true);
      const { parameters, gives } = signatureOf(entry);
      const kinds = ['any', 'text', 'number', 'bool', 'null', 'list', 'map', 'time', 'duration', 'bytes'];
      expect(kinds, entry.signature).toContain(gives);
      for (const parameter of parameters) for (const kind of parameter.kinds) expect(kinds, entry.signature).toContain(kind);
      expect(parameters.length, entry.signature).toBe((entry.signature.match(/: /g) ?? []).length - 1);
      expect(entry.about).toMatch(/\.$/);
    }
  });
});
