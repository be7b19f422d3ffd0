import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSessionId, readAddress } from '../../src/engine/address.ts';

describe('readAddress', () => {
  it.each<[string, string, string | null, string | null]>([
    ['/a/b?x=1', '/a/b?x=1', null, null],
    ['/@name/a', '/a', 'name', null], ['/@name:s1/a?q', '/a?q', 'name', 's1'], ['/@:s1/a', '/a', null, 's1'], ['/@name', '/', 'name', null],
    ['/@name?x=1', '/?x=1', 'name', null], ['/@name:s1#top', '/', 'name', 's1'], ['/@name//a', '//a', 'name', null], ['/@name/@other/a', '/@other/a', 'name', null],
    ['/a/@name', '/a/@name', null, null], ['/a?u=/@b', '/a?u=/@b', null, null], ['/a#b?c', '/a', null, null], ['/a?x#y', '/a?x', null, null],
    ['http://evil.example/a?b', '/a?b', null, null], ['HTTPS://evil.example:99', '/', null, null], ['http://evil?x', '/?x', null, null], ['https://localhost/@n:s/a', '/a', 'n', 's'],
    ['http://user:pw@evil/_rehearsal/journal', '/_rehearsal/journal', null, null], [`/@:${'a'.repeat(64)}/`, '/', null, 'a'.repeat(64)],
  ])('%s is %s of scenario %s and session %s', (target, url, scenario, session) => {
    expect(readAddress(target)).toEqual({ url, path: url.split('?')[0], prefix: /^(?:https?:\/\/[^/?#]+)?(\/@[^/?#]*)/.exec(target)?.[1] ?? '', scenario, session });
  });

  it.each(['*', 'a', 'localhost:443', 'ftp://x/', 'http://', 'http:///a', '', ' /a', '/@:', '/@:/a', '/@n:/a', '/@:a b/', '/@n:a:b/', `/@:${'a'.repeat(65)}/`, '/@:ä/', '/@:%61/'])('refuses %j with a sentence', (target) => {
    const refused = readAddress(target);
    expect(refused).toEqual(expect.any(String));
    expect((refused as string).length).toBeLessThan(300);
  });

  it('answers any target with an address whose path begins with a slash, or a sentence', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('/', '@', ':', '#', '?', '//', 'http://', '/@', '..', '%', '\0', '\r\n', 'x'));
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')), (target) => {
      const address = readAddress(target);
      if (typeof address === 'string') return;
      expect(address.path.startsWith('/')).toBe(true);
      expect(address.url.startsWith(address.path)).toBe(true);
      expect(address.path).not.toMatch(/[?#]/);
      if (address.session !== null) expect(isSessionId(address.session)).toBe(true);
    }), { numRuns: 2000 });
  });

  it('reads 32 KiB of anything in one pass', () => {
    for (const unit of ['/@', ':', '#', 'http://', '@:', '?/']) expect(readAddress(`/${unit.repeat(16_000)}`)).toBeDefined();
  });
});
