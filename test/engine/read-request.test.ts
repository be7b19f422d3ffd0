import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyFromBytes, noBody, readRequest, splitPath } from '../../src/engine/read-request.ts';
import { MalformedBody } from '../../src/model/index.ts';

function request(url: string, rawHeaders: string[] = []) {
  return readRequest({ id: '1', method: 'GET', url, rawHeaders });
}

function json(text: string, contentType: string | null = 'application/json') {
  return bodyFromBytes({ bytes: Buffer.from(text), contentType });
}

describe('splitPath', () => {
  it.each<[string, string[]]>([
    ['/', ['']],
    ['/a/b', ['a', 'b']],
    ['/a/', ['a', '']],
    ['/a//b', ['a', '', 'b']],
    ['/a%2Fb/c', ['a/b', 'c']],
    ['/caf%C3%A9', ['café']],
    ['/caf\u00c3\u00a9', ['café']],
    ['/a%20b+c', ['a b+c']],
    ['/%252e%252e', ['%2e%2e']],
    ['/a...b/.hidden/..x', ['a...b', '.hidden', '..x']],
  ])('splits %s first and decodes each segment once', (path, segments) => {
    expect(splitPath(path)).toEqual(segments);
  });

  it.each([
    ['/a/../b', 'dot segment'], ['/.', 'dot segment'], ['/a/%2e%2E/b', 'dot segment'], ['/a/.%2e', 'dot segment'], ['/..%2Fetc', 'dot segment'], ['/a%2f..', 'dot segment'],
    ['/a%00b', 'NUL'], ['/a\0b', 'NUL'], ['/a%5Cb', 'backslash'], ['/a\\b', 'backslash'],
    ['/%ff', 'UTF-8'], ['/%c0%ae', 'UTF-8'], ['/\u00ff', 'UTF-8'], ['/%zz', '%'], ['/100%', '%'], ['a', '/'], ['', '/'], ['*', '/'],
  ])('refuses %j and says why', (path, word) => {
    expect(splitPath(path)).toEqual({ reason: expect.stringContaining(word) });
  });

  it('gives segments without NUL, backslash or dot segments, or a reason, for any text', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('/', '.', '..', '%2e', '%2F', '%5c', '%00', '\\', 'a', '%', 'é', '%C3%A9', '\u00ff')), (pieces) => {
      const split = splitPath(`/${pieces.join('')}`);
      if (!Array.isArray(split)) return split.reason.length > 0;
      return split.every((segment) => !/[\0\\]/.test(segment) && !segment.split('/').some((inner) => inner === '.' || inner === '..'));
    }), { numRuns: 500 });
  });
});

describe('readRequest', () => {
  it('reads the query flat: repeated names collect, + is a space, a bad escape stays as it is', () => {
    const { query } = request('/p?a=1&b[c]=x+y&a=2&&flag&e=%C3%A9&bad=100%&worse=%FF%41&=v');
    expect([...query]).toEqual([['a', ['1', '2']], ['b[c]', ['x y']], ['flag', ['']], ['e', ['é']], ['bad', ['100%']], ['worse', ['%FF%41']], ['', ['v']]]);
  });

  it('takes __proto__ in a query as a plain name', () => {
    expect(request('/?__proto__=1&constructor=2').query.get('__proto__')).toEqual(['1']);
  });

  it('keeps at most 1,000 names of a query', () => {
    expect(request(`/?${Array.from({ length: 1500 }, (_, index) => `n${index}=1`).join('&')}`).query.size).toBe(1000);
  });

  it('gives headers in lower case with all their values', () => {
    expect([...request('/', ['X-A', '1', 'x-a', '2', 'Host', 'h']).headers]).toEqual([['x-a', ['1', '2']], ['host', ['h']]]);
  });

  it('reads cookies of all Cookie headers, unquoted and unescaped', () => {
    expect([...request('/', ['Cookie', 'a=1; b="q"', 'cookie', 'a=%20x;nonsense; =y; c=a=b']).cookies]).toEqual([['a', ['1', ' x']], ['b', ['q']], ['c', ['a=b']]]);
  });

  it('splits the path from the query', () => {
    const { path, segments } = request('/a%20b/c?x=/d');
    expect({ path, segments }).toEqual({ path: '/a%20b/c', segments: ['a b', 'c'] });
  });
});

describe('bodyFromBytes', () => {
  it('reads JSON with exact numbers and without prototypes', () => {
    const value = json('{"id":9007199254740993,"__proto__":{"x":1}}').json as Record<string, unknown>;
    expect(value.id).toBe(9007199254740993n);
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(['id', '__proto__']);
  });

  it('reads JSON only where the type is JSON or absent', () => {
    expect(json('{"a":1}', 'application/vnd.x+json; charset=utf-8').json).toEqual({ a: 1 });
    expect(json('{"a":1}', null).json).toEqual({ a: 1 });
    expect(json('{"a":1}', 'text/plain').json).toBeUndefined();
    expect(json('not json', null).json).toBeUndefined();
    expect(json('', 'application/json').json).toBeUndefined();
  });

  it('refuses JSON that is not well-formed or nested deeper than 200, without a word of the stack', () => {
    expect(() => json('{"a":').json).toThrow(MalformedBody);
    expect(() => json('['.repeat(100_000)).json).toThrow(/nested deeper than 200/);
    expect(json(`${'['.repeat(200)}${']'.repeat(200)}`).json).toBeInstanceOf(Array);
    expect(json(JSON.stringify({ brackets: '[{"'.repeat(300) })).json).toBeTruthy();
  });

  it('reads text by its charset', () => {
    expect(bodyFromBytes({ bytes: Buffer.from([0xe9]), contentType: 'text/plain; charset="ISO-8859-1"' }).text).toBe('é');
    expect(() => bodyFromBytes({ bytes: Buffer.from([0xff]), contentType: 'text/plain' }).text).toThrow(/UTF-8 text/);
    expect(() => bodyFromBytes({ bytes: Buffer.from('a'), contentType: 'text/plain; charset=klingon' }).text).toThrow(/klingon/);
    expect(bodyFromBytes({ bytes: Buffer.from([0xff]), contentType: 'image/png' }).text).toBeNull();
  });

  it('reads letters of a form that are not escaped, as `curl -d` sends them', () => {
    const type = 'application/x-www-form-urlencoded';
    expect([...json('name=Jürgen+Weiß&é=%C3%BC&city=東京&bad=ü%FF', type).form!]).toEqual([['name', ['Jürgen Weiß']], ['é', ['ü']], ['city', ['東京']], ['bad', ['ü%FF']]]);
    const latin = bodyFromBytes({ bytes: Buffer.from('name=J\u00fcrgen', 'latin1'), contentType: `${type}; charset=iso-8859-1` });
    expect(latin.form!.get('name')).toEqual(['Jürgen']);
  });

  it('reads a form, and refuses one of more than 1,000 names', () => {
    const type = 'application/x-www-form-urlencoded';
    expect([...json('a=1&b=x+y&a=2', type).form!]).toEqual([['a', ['1', '2']], ['b', ['x y']]]);
    expect(() => json(Array.from({ length: 1001 }, (_, index) => `n${index}`).join('&'), type).form).toThrow(/1,000 names/);
  });

  it('says nothing of a body that is not there', () => {
    expect({ ...{ present: noBody.present, json: noBody.json, form: noBody.form, size: noBody.sizeBytes } }).toEqual({ present: false, json: undefined, form: null, size: 0 });
    expect(noBody.sha256).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('answers any bytes with JSON, undefined or MalformedBody', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const body = bodyFromBytes({ bytes: Buffer.from(bytes), contentType: 'application/json' });
      try {
        void body.json;
        return true;
      } catch (error) {
        return error instanceof MalformedBody;
      }
    }));
  });
});
