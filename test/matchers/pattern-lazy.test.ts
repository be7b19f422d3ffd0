import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { makePattern } from '../../src/matchers/values/pattern.ts';

const part = fc.constantFrom('a', 'z', '0', ' ', '-', '.', '\\.', '\\d', '\\b', '\\-', '\\1', '[a-z]', '[^0-9]', '[z-a]', '[\\d.-]', '[]', '[', ']', '(', ')', '(?:', '(?=', '(?i)', '|', '^', '$', '*', '+', '?', '{2}', '{', '}', '\\', 'é', '/', '_');

describe('a pattern', () => {
  it('is refused at load exactly when RE2 refuses it, and finds what RE2 finds', () => {
    fc.assert(fc.property(fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')), fc.boolean(), fc.constantFrom('', 'a', 'za0', '0.5 -', 'A^$', 'é/_g'), (source, ignoreCase, text) => {
      let re: RE2JS | null = null;
      try {
        re = RE2JS.compile(RE2JS.translateRegExp(source), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
      } catch {}
      const made = makePattern(source, ignoreCase);
      expect('code' in made, source).toBe(re === null);
      if (!('code' in made)) expect(made.test(text), source).toBe(re!.test(text));
    }), { numRuns: 1000 });
  });
});
