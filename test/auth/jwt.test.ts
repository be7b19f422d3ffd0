import { generateKeyPairSync, randomBytes } from 'node:crypto';
import * as jose from 'jose';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/base/json.ts';
import type { Answer, Scheme } from '../../src/model/index.ts';
import { makeDraft, settled } from '../support/facts.ts';
import { check, compileAuth, factsOf, issue, makeScheme, outcome } from './support.ts';

const text = new TextEncoder();
const nowMs = Date.parse('2026-03-01T12:00:00.900Z');
const now = Math.floor(nowMs / 1000);
const secret = 'a-secret-of-more-than-32-letters!';
const wrapping = '0123456789abcdef0123456789ABCDEF';
const bearer = (token: string): { readonly authorization: string; readonly now: number } => ({ authorization: `Bearer ${token}`, now: nowMs });

const signed = makeScheme(`jwt: { alg: HS256, secret: ${secret}, lifetime: 5 min, issuer: https://id.test, audience: [orders, bills] }`);
const nested = makeScheme(`jwt: { alg: HS256, secret: ${secret}, encrypt: { alg: A256KW, enc: A256CBC-HS512, secret: ${wrapping} }, lifetime: 1 h }`);

describe('an issued token', () => {
  it('says who issued it, to whom, for whom and how long, and what was asked for; numbers keep their digits', async () => {
    const issued = await issue(signed, 'alice', { uid: 7, big: 9007199254740993n }, { now: nowMs });
    const { payload, protectedHeader } = await jose.jwtVerify(issued.value, text.encode(secret), { currentDate: new Date(nowMs) });
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(payload).toMatchObject({ iss: 'https://id.test', aud: ['orders', 'bills'], sub: 'alice', iat: now, exp: now + 300, uid: 7 });
    expect(issued).toMatchObject({ subject: 'alice', expiresIn: 300 });
    expect(parseJson(Buffer.from(issued.value.split('.')[1]!, 'base64url').toString())).toMatchObject({ big: 9007199254740993n });
    expect(await check(signed, bearer(issued.value))).toMatchObject({ kind: 'allowed', caller: { subject: 'alice', claims: { uid: 7, big: 9007199254740993n } } });
  });

  it('is encrypted around that when asked: five parts that jose elsewhere opens', async () => {
    const { value } = await issue(nested, null, { uid: 'u1' }, { now: nowMs });
    expect(value.split('.')).toHaveLength(5);
    const { plaintext, protectedHeader } = await jose.compactDecrypt(value, text.encode(wrapping));
    expect(protectedHeader).toEqual({ alg: 'A256KW', enc: 'A256CBC-HS512', typ: 'JWT', cty: 'JWT' });
    const { payload } = await jose.jwtVerify(plaintext, text.encode(secret), { currentDate: new Date(nowMs) });
    expect(payload).toEqual({ uid: 'u1', iat: now, exp: now + 3600 });
  });

  it('is the same when a run is repeated, and never the same for another content, call or session', async () => {
    const scheme = makeScheme('jwt: { alg: HS256, encrypt: { alg: A256KW, enc: A256GCM } }');
    const make = async (subject: string, call: number, session: string): Promise<string> => (await issue(scheme, subject, {}, { now: nowMs, call, session })).value;
    const tokens = [await make('a', 1, 's'), await make('b', 1, 's'), await make('a', 2, 's'), await make('a', 1, 't')];
    expect(await make('a', 1, 's')).toBe(tokens[0]);
    expect(new Set(tokens).size).toBe(4);
    expect(new Set(tokens.map((token) => token.split('.')[2])).size).toBe(4);
  });

  it('opens only in the session, the scenario, the scheme and under the seed by which it was made, when no secret is given', async () => {
    const yaml = 'jwt: { alg: HS256, encrypt: { alg: A256KW, enc: A256CBC-HS512 }, lifetime: 1 h }';
    for (const written of [yaml, 'jwt: { alg: HS512 }', 'jwt: { alg: HS256, encrypt: { alg: dir, enc: A128CBC-HS256 } }']) {
      const scheme = makeScheme(written);
      const { value } = await issue(scheme, 'alice', {}, { session: 'one', now: nowMs });
      expect(await outcome(scheme, { ...bearer(value), session: 'one' })).toMatchObject({ status: 200, subject: 'alice' });
      expect(await outcome(makeScheme(written), { ...bearer(value), session: 'one' })).toMatchObject({ status: 200 });
      expect(await outcome(scheme, { ...bearer(value), session: 'two' })).toMatchObject({ status: 401, because: 'invalid' });
      expect(await outcome(scheme, { ...bearer(value), session: 'one', seed: 2 })).toMatchObject({ status: 401 });
      expect(await outcome(makeScheme(written, {}, 'another'), { ...bearer(value), session: 'one' })).toMatchObject({ status: 401 });
    }
  });
});

describe('time, as the server\'s clock has it', () => {
  const make = (claims: jose.JWTPayload): Promise<string> => new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(text.encode(secret));
  const plain = makeScheme(`jwt: { alg: HS256, secret: ${secret} }`);

  it('ends a token at `exp`, begins it at `nbf`, and gives the skew to both', async () => {
    const over = await make({ exp: now + 1 });
    const atEnd = (at: number, scheme = plain): ReturnType<typeof outcome> => outcome(scheme, { authorization: `Bearer ${over}`, now: at });
    expect(await atEnd((now + 1) * 1000 - 1)).toMatchObject({ status: 200 });
    expect(await atEnd((now + 1) * 1000)).toMatchObject({ status: 401, because: 'expired', challenge: 'Bearer realm="partner", error="invalid_token", error_description="The token has expired"' });
    const lenient = makeScheme(`jwt: { alg: HS256, secret: ${secret}, skew: 10 s }`);
    expect(await atEnd((now + 11) * 1000 - 1, lenient)).toMatchObject({ status: 200 });
    expect(await atEnd((now + 11) * 1000, lenient)).toMatchObject({ status: 401 });
    const early = bearer(await make({ nbf: now + 5 }));
    expect(await outcome(plain, early)).toMatchObject({ status: 401, because: 'invalid', detail: 'The token is not valid yet' });
    expect(await outcome(lenient, early)).toMatchObject({ status: 200 });
  });

  it('takes a token without an end, and refuses one whose end is no number', async () => {
    expect(await outcome(plain, bearer(await make({ sub: 'a' })))).toMatchObject({ status: 200, subject: 'a' });
    const odd = await new jose.CompactSign(text.encode('{"exp":"tomorrow"}')).setProtectedHeader({ alg: 'HS256' }).sign(text.encode(secret));
    expect(await outcome(plain, bearer(odd))).toMatchObject({ status: 401, because: 'invalid' });
  });

  it('makes an expired token when a claim asks for one', async () => {
    const { value } = await issue(plain, 'a', { exp: now - 1 }, { now: nowMs });
    expect(await outcome(plain, bearer(value))).toMatchObject({ status: 401, because: 'expired' });
  });
});

describe('a token of somebody else', () => {
  it('is read when jose made it with the same keys, nested or not', async () => {
    const inner = await new jose.SignJWT({ uid: 1, scope: 'read write' }).setProtectedHeader({ alg: 'HS256' }).setSubject('eve').setExpirationTime(now + 60).sign(text.encode(secret));
    const outer = await new jose.CompactEncrypt(text.encode(inner)).setProtectedHeader({ alg: 'A256KW', enc: 'A256CBC-HS512', cty: 'JWT' }).encrypt(text.encode(wrapping));
    expect(await outcome(nested, { ...bearer(outer), scope: ['read'] })).toEqual({ status: 200, subject: 'eve', scope: ['read', 'write'] });
    expect(await outcome(nested, { ...bearer(outer), scope: ['delete'] })).toMatchObject({ status: 403, challenge: expect.stringContaining('error="insufficient_scope"') });
  });

  it('is refused with another algorithm, key, issuer or audience, unsigned, signed but not encrypted, encrypted but not signed', async () => {
    const key = text.encode(secret);
    const sign = (header: jose.JWTHeaderParameters, claims: jose.JWTPayload, with_ = key): Promise<string> => new jose.SignJWT(claims).setProtectedHeader(header).sign(with_);
    const good = { iss: 'https://id.test', aud: 'bills' };
    expect(await outcome(signed, bearer(await sign({ alg: 'HS256' }, good)))).toMatchObject({ status: 200 });
    const refused = [
      await sign({ alg: 'HS512' }, good), await sign({ alg: 'HS256' }, good, randomBytes(32)), await sign({ alg: 'HS256' }, { ...good, iss: 'https://other.test' }), await sign({ alg: 'HS256' }, { iss: good.iss }),
      await sign({ alg: 'HS256' }, { ...good, aud: 'x' }), new jose.UnsecuredJWT(good).encode(), `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(good)).toString('base64url')}.`,
      await new jose.CompactSign(text.encode('[1]')).setProtectedHeader({ alg: 'HS256' }).sign(key), await new jose.CompactSign(text.encode('no')).setProtectedHeader({ alg: 'HS256' }).sign(key),
      await new jose.CompactSign(text.encode('['.repeat(5000))).setProtectedHeader({ alg: 'HS256' }).sign(key),
    ];
    for (const token of refused) expect(await outcome(signed, bearer(token))).toMatchObject({ status: 401, because: 'invalid' });
    const plain = await sign({ alg: 'HS256' }, {});
    const unsigned = await new jose.EncryptJWT({}).setProtectedHeader({ alg: 'A256KW', enc: 'A256CBC-HS512' }).encrypt(text.encode(wrapping));
    const otherContent = await new jose.CompactEncrypt(text.encode(plain)).setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM' }).encrypt(text.encode(wrapping));
    for (const token of [plain, unsigned, otherContent]) expect(await outcome(nested, bearer(token))).toMatchObject({ status: 401, because: 'invalid' });
  });

  it('is held to the tests of its claims, and its subject and scope are read from the claims that are named', async () => {
    const scheme = makeScheme(`jwt: { alg: HS256, secret: ${secret}, subject: uid, scope: scp, claims: { role: { oneOf: [admin, editor] }, org: { id: 7 } } }`);
    const token = async (claims: Parameters<typeof issue>[2]): Promise<string> => (await issue(scheme, null, claims, { now: nowMs })).value;
    expect(await outcome(scheme, bearer(await token({ uid: 42, scp: ['a', 'b'], role: 'admin', org: { id: 7, name: 'x' } })))).toEqual({ status: 200, subject: '42', scope: ['a', 'b'] });
    expect(await outcome(scheme, bearer(await token({ role: 'reader', org: { id: 7 } })))).toMatchObject({ status: 401, because: 'invalid', detail: expect.stringContaining('`role`') });
    expect(await outcome(scheme, bearer(await token({ role: 'admin' })))).toMatchObject({ status: 401 });
  });

  it('comes in a header of its own, with or without a word before it', async () => {
    const bare = makeScheme(`jwt: { alg: HS256, secret: ${secret}, header: X-Token }`);
    const { value } = await issue(bare, 'a', {}, { now: nowMs });
    expect(await outcome(bare, { now: nowMs, request: { headers: { 'x-token': value } } })).toMatchObject({ status: 200 });
    expect(bare.secretHeaders).toEqual(['x-token']);
    expect(await outcome(makeScheme(`jwt: { alg: HS256, secret: ${secret}, prefix: JWT }`), { now: nowMs, authorization: `JWT ${value}` })).toMatchObject({ status: 200 });
  });
});

describe('keys', () => {
  const pems = (type: 'rsa' | 'ec' | 'ed25519', options: object = {}): { readonly private: string; readonly public: string } => {
    const { privateKey, publicKey } = generateKeyPairSync(type as 'rsa', options as { modulusLength: number });
    return { private: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, public: publicKey.export({ type: 'spki', format: 'pem' }) as string };
  };
  const rsa = pems('rsa', { modulusLength: 2048 });
  const p256 = pems('ec', { namedCurve: 'P-256' });
  const fixtures = { 'rsa.pem': rsa.private, 'rsa.pub': rsa.public, 'ec.pem': p256.private, 'ec.pub': p256.public, 'weak.pem': pems('rsa', { modulusLength: 1024 }).private, 'not.pem': 'hello' };

  const served = async (scheme: Scheme): Promise<{ keys: jose.JWK[] }> => {
    const facts = factsOf(scheme);
    const act = await settled(() => scheme.routes[0]!.act.run(facts, makeDraft()));
    if (act.kind !== 'answer') throw new Error('no answer');
    const answer = (await act.reply.render(facts)) as Answer;
    expect(answer.headers).toContain('application/json');
    return JSON.parse((answer.body as { bytes: Buffer }).bytes.toString()) as { keys: jose.JWK[] };
  };

  it.each(['RS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA'])('are made once by the process for %s, and served as a set that verifies the tokens', async (alg) => {
    const scheme = makeScheme(`jwt: { alg: ${alg}, keys: /.well-known/jwks.json }`);
    expect(scheme.routes[0]).toMatchObject({ method: 'GET', path: '/.well-known/jwks.json', segments: [{ text: '.well-known' }, { text: 'jwks.json' }] });
    const { value } = await issue(scheme, 'alice', {}, { now: nowMs });
    const set = await served(scheme);
    expect(set.keys).toEqual([expect.objectContaining({ alg, use: 'sig', kid: await jose.calculateJwkThumbprint(set.keys[0]!) })]);
    expect(Object.keys(set.keys[0]!)).not.toContain('d');
    const { payload, protectedHeader } = await jose.jwtVerify(value, jose.createLocalJWKSet({ keys: set.keys }), { currentDate: new Date(nowMs) });
    expect(payload.sub).toBe('alice');
    expect(protectedHeader.kid).toBe(set.keys[0]!.kid);
    expect(await outcome(makeScheme(`jwt: { alg: ${alg} }`), bearer(value))).toMatchObject({ status: 200, subject: 'alice' });
  });

  it('come from fixtures: a private key signs, public keys and sets are trusted besides', async () => {
    const own = makeScheme('jwt: { alg: RS256, key: rsa.pem }', { fixtures });
    const { value } = await issue(own, 'a', {}, { now: nowMs });
    await jose.jwtVerify(value, await jose.importSPKI(rsa.public, 'RS256'), { currentDate: new Date(nowMs) });
    const reader = makeScheme('jwt: { alg: RS256, publicKey: rsa.pub }', { fixtures });
    expect(reader.issue).toBeNull();
    expect(await outcome(reader, bearer(value))).toMatchObject({ status: 200 });
    const foreign = await jose.generateKeyPair('ES256');
    const jwk = { ...(await jose.exportJWK(foreign.publicKey)), kid: 'k7', use: 'sig' };
    const set = JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQ', e: 'AQAB' }, { kty: 'oct', k: 'AA' }, jwk] });
    const both = makeScheme('jwt: { alg: ES256, key: ec.pem, jwks: partners.json }', { fixtures: { ...fixtures, 'partners.json': set } });
    const theirs = await new jose.SignJWT({ sub: 'them' }).setProtectedHeader({ alg: 'ES256', kid: 'k7' }).sign(foreign.privateKey);
    expect(await outcome(both, bearer(theirs))).toMatchObject({ status: 200, subject: 'them' });
    expect(await outcome(both, bearer((await issue(both, 'us', {}, { now: nowMs })).value))).toMatchObject({ status: 200, subject: 'us' });
    const stranger = await new jose.SignJWT({ sub: 'them' }).setProtectedHeader({ alg: 'ES256', kid: 'k7' }).sign((await jose.generateKeyPair('ES256')).privateKey);
    expect(await outcome(both, bearer(stranger))).toMatchObject({ status: 401 });
  });

  it('are never taken for a secret: a public key does not verify what was signed with its text', async () => {
    const reader = makeScheme('jwt: { alg: RS256, publicKey: rsa.pub }', { fixtures });
    for (const key of [rsa.public, rsa.public.trim()]) {
      const confused = await new jose.SignJWT({ sub: 'root' }).setProtectedHeader({ alg: 'HS256' }).sign(text.encode(key));
      expect(await outcome(reader, bearer(confused))).toMatchObject({ status: 401, because: 'invalid' });
    }
  });

  it.each([
    ['jwt: { alg: none }', 'Tokens without a signature are never taken'],
    ['jwt: { alg: None }', 'Tokens without a signature are never taken'],
    ['jwt: { alg: HS265 }', 'Wrong value for `alg`'],
    ['jwt: { alg: HS256, key: rsa.pem }', '`key` does not go with HS256'],
    ['jwt: { alg: RS256, secret: abc }', '`secret` does not go with RS256'],
    ['jwt: { alg: RS256, key: ec.pem }', 'The key in `ec.pem` cannot be used with RS256'],
    ['jwt: { alg: ES384, key: ec.pem }', 'The key in `ec.pem` cannot be used with ES384'],
    ['jwt: { alg: RS256, key: weak.pem }', 'The key in `weak.pem` cannot be used with RS256'],
    ['jwt: { alg: RS256, key: not.pem }', 'The fixture `not.pem` holds no private key'],
    ['jwt: { alg: RS256, key: rsa.pub }', 'The fixture `rsa.pub` holds no private key'],
    ['jwt: { alg: RS256, jwks: not.pem }', 'The fixture `not.pem` holds no set of keys'],
    ['jwt: { alg: RS256, publicKey: gone.pub }', 'There is no fixture `gone.pub`'],
    ['jwt: { alg: HS256, secret: "" }', 'This must not be empty'],
    ['jwt: { alg: HS256, secret: "base64:?" }', 'This is no Base64'],
    ['jwt: { alg: ES256, keys: "/@x" }', 'Paths that begin like this are kept for the server\'s own use'],
    ['jwt: { alg: ES256, keys: "/a/../b" }', 'This is no plain path'],
    ['jwt: { alg: HS256, claims: { a: { matches: "(" } } }', expect.stringContaining('The pattern is not well-formed')],
  ])('are checked at load: %s', (yaml, message) => {
    expect(compileAuth(yaml, { fixtures }).mistakes).toMatchObject([{ message }]);
  });

  it('that wrap have one length, which the mistake says; Base64 gives the bytes themselves', async () => {
    const { mistakes } = compileAuth('jwt: { alg: HS256, encrypt: { alg: A256KW, enc: A256CBC-HS512, secret: short } }');
    expect(mistakes).toMatchObject([{ code: 'wrong-secret', expected: '32 bytes', got: '5 bytes', path: ['partner', 'jwt', 'encrypt', 'secret'] }]);
    expect(compileAuth('jwt: { alg: HS256, encrypt: { alg: dir, enc: A256CBC-HS512, secret: short } }').mistakes).toMatchObject([{ expected: '64 bytes' }]);
    const key = randomBytes(32);
    for (const written of [`"base64:${key.toString('base64')}"`, `{ base64: ${key.toString('base64url')} }`]) {
      const scheme = makeScheme(`jwt: { alg: HS256, secret: s, encrypt: { alg: A256KW, enc: A256CBC-HS512, secret: ${written} } }`);
      const { value } = await issue(scheme, 'a', {}, { now: nowMs });
      const { plaintext } = await jose.compactDecrypt(value, key);
      await jose.jwtVerify(plaintext, text.encode('s'), { currentDate: new Date(nowMs) });
    }
  });
});
