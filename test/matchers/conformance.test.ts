import { describe, expect, it } from 'vitest';
import { matcherKinds } from '../../src/matchers/index.ts';
import { compileForTest, readYaml } from '../support/compiler.ts';
import { exampleMemory } from '../support/collection.ts';
import { makeFacts, makeRequest } from '../support/facts.ts';

describe.each(matcherKinds)('the matcher $key', (kind) => {
  it('says what it does in one sentence and has examples that hold and that do not', () => {
    expect(kind.about).toMatch(/\.$/);
    expect(kind.examples.some((example) => example.holds)).toBe(true);
    expect(kind.examples.some((example) => !example.holds && example.because !== undefined)).toBe(true);
  });

  it.each(kind.examples)('does as its example says: $yaml with $request', async (example) => {
    const { collections, draft } = exampleMemory(example.memory);
    const { matcher, mistakes } = await compileForTest({ [kind.key]: readYaml(example.yaml) }, { collections });
    expect(mistakes).toEqual([]);
    const facts = makeFacts(makeRequest(example.request), { memory: draft });
    expect({ holds: matcher.holds(facts), because: matcher.explain(facts).map((mismatch) => mismatch.text) }).toEqual({ holds: example.holds, because: example.holds ? [] : (example.because ?? expect.anything()) });
    for (const mismatch of matcher.explain(facts)) {
      expect(mismatch.nearness).toBeGreaterThanOrEqual(0);
      expect(mismatch.nearness).toBeLessThan(1);
      expect(mismatch.text).not.toMatch(/[\u0000-\u001f]/);
    }
  });
});
