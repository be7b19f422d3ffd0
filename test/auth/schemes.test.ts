import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authShape, compileRuleAuth, compileScheme, ruleAuthShape, schemeKinds } from '../../src/auth/index.ts';
import type { Reply, Scheme } from '../../src/model/index.ts';
import { invalid, type In } from '../../src/shapes/index.ts';
import { readYaml, TestCompiler, type FoundMistake } from '../support/compiler.ts';
import { makeDraft, makeFacts, makeRequest } from '../support/facts.ts';
import { certificate, check, collectionOf, compileAuth, makeScheme, outcome } from './support.ts';

const collections = [collectionOf('keys', [{ id: 1, key: 'k1', username: 'ann' }])];

describe('every kind of scheme', () => {
  const examples = schemeKinds.flatMap((kind) => kind.examples.map(({ yaml }) => [kind.key, yaml] as const));

  it.each(examples)('%s: its example compiles, and answers 401 with a challenge to who shows nothing: %s', async (_key, yaml) => {
    const scheme = makeScheme(yaml, { collections });
    const found = await outcome(scheme, { memory: makeDraft({ collections: [...collections, ...scheme.collections] }) });
    expect(found).toMatchObject({ status: 401, because: 'missing', challenge: expect.stringMatching(/^[A-Za-z]+ realm="[^"]+"/) });
  });

  it('never lets garbage in, and never throws for it', async () => {
    const schemes = [
      'apiKey: { header: authorization, in: keys, field: key }', 'basic: { users: { alice: secret } }', 'bearer: { tokens: { t: a } }',
      'jwt: { alg: HS256 }', 'jwt: { alg: HS256, encrypt: { alg: A256KW, enc: A256CBC-HS512 } }', 'jwt: { alg: ES256, encrypt: { alg: dir, enc: A128GCM } }', 'oauth2: { clients: { a: b }, token: /t }',
    ].map((yaml) => makeScheme(yaml, { collections }));
    const part = fc.oneof(fc.base64String().map((text) => Buffer.from(text).toString('base64url')), fc.json().map((text) => Buffer.from(text).toString('base64url')), fc.constantFrom('', 'eyJhbGciOiJub25lIn0', 'eyJhbGciOiJIUzI1NiJ9', 'eyJhbGciOiJBMjU2S1ciLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0'));
    const garbage = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.')), fc.tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 })).map((pair) => Buffer.from(pair.join(':')).toString('base64')));
    const word = fc.constantFrom('Bearer ', 'Basic ', 'bearer\t', '', 'Bearer', 'ApiKey ');
    await fc.assert(fc.asyncProperty(word, garbage, async (prefix, text) => {
      for (const scheme of schemes) {
        const verdict = await check(scheme, { authorization: prefix + text, memory: makeDraft({ collections: [...collections, ...scheme.collections] }) });
        expect(verdict).toMatchObject({ kind: 'denied', status: 401 });
        // eslint-disable-next-line no-control-regex -- control characters are what is looked for
        expect((verdict as { challenge: string }).challenge).not.toMatch(/[\u0000-\u001f\u007f-\uffff]/);
      }
    }), { numRuns: 60 });
  });

  it('can be written as a typed object, with replies of its own, and stands in the JSON Schema', () => {
    const written: In<typeof authShape> = {
      partner: { apiKey: { header: 'api-key', in: 'keys', field: 'key', subject: 'username' }, denied: { missing: { status: 401, json: { status: 'failed' } } } },
      basic: { basic: { users: { alice: 'secret' } }, denied: { text: 'no' } },
      token: { jwt: { alg: 'HS256', encrypt: { alg: 'A256KW', enc: 'A256CBC-HS512' }, lifetime: '1 h' } },
      oauth: { oauth2: { clients: { partner: 'secret' }, token: '/oauth/token', lifetime: '5 min' } },
      client: { mtls: { subject: { matches: 'CN=.*' } } },
    };
    const compiler = new TestCompiler({ collections });
    const schemes = authShape.parse(written, [], (path, mistake) => compiler.mistake(mistake, path));
    if (schemes === invalid) throw new Error(compiler.mistakes.map(({ message }) => message).join());
    expect(Object.keys(schemes).map((name) => compileScheme(name, schemes[name], compiler, 'demo')?.name)).toEqual(Object.keys(written));
    expect(compiler.mistakes).toEqual([]);
    const definitions = new Map<string, Readonly<Record<string, unknown>>>();
    expect(authShape.jsonSchema(definitions)).toMatchObject({ type: 'object', additionalProperties: { $ref: '#/$defs/scheme' } });
    expect(Object.keys((definitions.get('scheme') as { properties: object }).properties)).toEqual([...schemeKinds.map(({ key }) => key), 'denied']);
    expect(ruleAuthShape.jsonSchema(definitions)).toHaveProperty('anyOf');
  });

  it('has a name that no rule can mistake', () => {
    const named = (name: string): readonly string[] => {
      const compiler = new TestCompiler();
      authShape.parse({ [name]: { mtls: {} } }, [], (path, mistake) => compiler.mistake(mistake, path));
      return compiler.mistakes.map(({ code }) => code);
    };
    expect([named('ok-1'), named('none'), named('a b'), named('1a')]).toEqual([[], ['taken-name'], ['bad-name'], ['bad-name']]);
  });

  it('is told apart by its one key, with what to write instead of a word from elsewhere', () => {
    expect(compileAuth('basic: { users: { a: b } }\nbearer: { tokens: { t: a } }').mistakes).toMatchObject([{ code: 'too-many-keys' }]);
    expect(compileAuth('denied: { status: 401 }').mistakes).toMatchObject([{ code: 'missing-key' }]);
    expect(compileAuth('type: apiKey').mistakes).toMatchObject([{ code: 'unknown-key', fix: expect.stringContaining('apiKey: {') }]);
    expect(compileAuth('apikey: { header: a, keys: { a: b } }').mistakes).toMatchObject([{ fix: 'Did you mean `apiKey`?' }]);
  });
});

describe('`denied`', () => {
  const facts = makeFacts(makeRequest({}));
  const shown = (reply: Reply | null): { readonly status: number; readonly text: string } | null => {
    if (reply === null) return null;
    const answer = reply.fixed ?? reply.render(facts);
    if (answer instanceof Promise) throw new Error('not expected to wait');
    return { status: answer.status, text: answer.body.kind === 'bytes' ? answer.body.bytes.toString('utf8') : '' };
  };
  const replyTo = async (scheme: Scheme, authorization?: string, scope: readonly string[] = []): Promise<ReturnType<typeof shown>> => {
    const verdict = await check(scheme, { ...(authorization !== undefined && { authorization }), scope });
    return verdict.kind === 'denied' ? shown(verdict.reply) : null;
  };
  const kind = 'bearer: { tokens: { t: { scope: read } } }\n';

  it('is one reply for all, with the status of the refusal unless it says one', async () => {
    const scheme = makeScheme(`${kind}denied: { text: no }`);
    expect([await replyTo(scheme), await replyTo(scheme, 'Bearer x'), await replyTo(scheme, 'Bearer t', ['write'])]).toEqual([{ status: 401, text: 'no' }, { status: 401, text: 'no' }, { status: 403, text: 'no' }]);
    expect(await replyTo(makeScheme(`${kind}denied: { status: 200, json: { status: failed } }`), 'Bearer t', ['write'])).toEqual({ status: 200, text: '{"status":"failed"}' });
    expect(await replyTo(makeScheme(`${kind}denied: { redirect: /login }`))).toMatchObject({ status: 302 });
    expect(await replyTo(makeScheme(`${kind}denied: { headers: { X-A: b } }`))).toEqual({ status: 401, text: '' });
  });

  it('is a reply for each reason, `invalid` for those that have none', async () => {
    const scheme = makeScheme(`${kind}denied: { missing: { text: who }, invalid: { text: bad } }`);
    expect([await replyTo(scheme), await replyTo(scheme, 'Bearer x'), await replyTo(scheme, 'Bearer t', ['write'])]).toEqual([{ status: 401, text: 'who' }, { status: 401, text: 'bad' }, { status: 403, text: 'bad' }]);
    expect(await replyTo(makeScheme(`${kind}denied: { forbidden: { text: no } }`), 'Bearer x')).toBeNull();
  });

  it('fills its expressions', async () => {
    expect(await replyTo(makeScheme(`${kind}denied: { text: 'no, \${{ request.method }}' }`))).toEqual({ status: 401, text: 'no, GET' });
  });

  it('says what is misspelt among the reasons', () => {
    expect(compileAuth(`${kind}denied: { missing: { text: a }, expird: { text: b } }`).mistakes).toMatchObject([{ fix: 'Did you mean `expired`?' }]);
  });
});

describe('`auth` of a rule', () => {
  const schemes = ['bearer: { tokens: { t: { scope: read } } }', 'bearer: { tokens: { t: a } }', 'oauth2: { clients: { a: b }, token: /t, scope: read write }', 'mtls: {}'].map((yaml, index) => ({ ...makeScheme(yaml), name: ['scoped', 'plain', 'oauth', 'client'][index]! }));
  const compile = (yaml: string): { readonly auth: ReturnType<typeof compileRuleAuth>; readonly mistakes: readonly FoundMistake[] } => {
    const compiler = new TestCompiler({ schemes });
    const value = ruleAuthShape.parse(readYaml(yaml), [], (path, mistake) => compiler.mistake(mistake, path));
    return { auth: value === invalid ? null : compileRuleAuth(value, compiler), mistakes: compiler.mistakes };
  };

  it('is a scheme, `none`, or a scheme with its scope as words or a list', () => {
    expect(compile('plain')).toMatchObject({ auth: { scheme: { name: 'plain' }, scope: [] }, mistakes: [] });
    expect(compile('none')).toEqual({ auth: 'none', mistakes: [] });
    expect(compile('{ scoped: { scope: read delete } }')).toMatchObject({ auth: { scope: ['read', 'delete'] }, mistakes: [] });
    expect(compile('{ oauth: { scope: [read, write, read] } }')).toMatchObject({ auth: { scope: ['read', 'write'] }, mistakes: [] });
  });

  it('is a mistake when the scheme is unknown, or no caller can ever have the scope', () => {
    expect(compile('plane').mistakes).toMatchObject([{ code: 'unknown-scheme' }]);
    expect(compile('{ plain: { scope: read } }').mistakes).toMatchObject([{ code: 'unknown-scope', path: ['plain', 'scope'] }]);
    expect(compile('{ client: { scope: read } }').mistakes).toMatchObject([{ code: 'unknown-scope' }]);
    expect(compile('{ oauth: { scope: wirte } }').mistakes).toMatchObject([{ code: 'unknown-scope', fix: 'Did you mean `write`?' }]);
    expect(compile('{ scoped: { scope: \'a"b\' } }').mistakes).toMatchObject([{ code: 'wrong-value' }]);
    expect(compile('{ scoped: { scope: read }, plain: { scope: read } }').mistakes).toMatchObject([{ message: 'A rule asks for one scheme' }]);
    expect(compile('{ scoped: { scopes: read } }').mistakes).toMatchObject([{ fix: 'Write `scope`' }, {}]);
  });
});

describe('mtls', () => {
  const scheme = makeScheme("mtls: { subject: { matches: 'CN=.*' }, name: { endsWith: .example } }");

  it('knows the caller by the common name, else by the subject', async () => {
    expect(scheme.asksForCertificate).toBe(true);
    expect(await outcome(scheme, { certificate })).toMatchObject({ status: 200, subject: 'acme' });
    expect(await outcome(makeScheme('mtls: {}'), { certificate: { ...certificate, subject: 'O=Partners', commonName: null } })).toMatchObject({ status: 200, subject: 'O=Partners' });
  });

  it('answers 401 without a certificate, with one that is not trusted or over, and 403 when a test fails, always with a challenge', async () => {
    const challenge = 'Certificate realm="partner"';
    expect(await outcome(scheme)).toMatchObject({ status: 401, because: 'missing', challenge, detail: expect.stringContaining('rehearsal certs client') });
    expect(await outcome(scheme, { certificate: { ...certificate, trusted: false, problem: 'it was not issued by the CA of this server' } })).toMatchObject({ status: 401, because: 'invalid', challenge, detail: expect.stringContaining('not issued by the CA') });
    expect(await outcome(scheme, { certificate: { ...certificate, trusted: false, problem: 'it has expired' } })).toMatchObject({ status: 401, because: 'expired', challenge });
    expect(await outcome(scheme, { certificate: { ...certificate, subject: 'O=Partners' } })).toMatchObject({ status: 403, because: 'forbidden', challenge, detail: expect.stringContaining('its subject') });
    expect(await outcome(scheme, { certificate: { ...certificate, names: [] } })).toMatchObject({ status: 403, detail: expect.stringContaining('alternative name') });
  });

  it('compares fingerprints however they are written', async () => {
    const written = certificate.fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:');
    expect(await outcome(makeScheme(`mtls: { fingerprint: '${written}' }`), { certificate })).toMatchObject({ status: 200 });
    expect(await outcome(makeScheme(`mtls: { fingerprint: { oneOf: ['${written}'] } }`), { certificate })).toMatchObject({ status: 200 });
    expect(await outcome(makeScheme(`mtls: { fingerprint: '${'00'.repeat(32)}' }`), { certificate })).toMatchObject({ status: 403 });
  });

  it('finds mistakes in its tests', () => {
    expect(compileAuth("mtls: { subject: { matches: '(' } }").mistakes).toMatchObject([{ code: 'wrong-pattern', path: ['partner', 'mtls', 'subject', 'matches'] }]);
    expect(compileAuth('mtls: { cn: acme }').mistakes).toMatchObject([{ fix: 'Write `commonName`' }]);
  });
});
