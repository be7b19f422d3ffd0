import { describe, expect, it } from 'vitest';
import { SecretTable } from '../../src/auth/secret-table.ts';
import { makeDraft } from '../support/facts.ts';
import { basicOf, check, collectionOf, compileAuth, issue, makeScheme, outcome } from './support.ts';

describe('a table of secrets', () => {
  it('gives what a secret stands for, and null for every other text', () => {
    const table = new SecretTable([['a', 1], ['b', 2]]);
    expect([table.find('a'), table.find('b'), table.find('c'), table.find(''), table.find('ab')]).toEqual([1, 2, null, null, null]);
  });
});

describe('apiKey with keys in the file', () => {
  const scheme = makeScheme('apiKey: { header: Api-Key, keys: { k-acme: acme, k-probe: { subject: probe, scope: write read } } }');
  const by = (key: string) => ({ request: { headers: { 'API-KEY': key } } });

  it('lets a key in that is known, and says whom it stands for', async () => {
    expect(await check(scheme, by('k-acme'))).toEqual({ kind: 'allowed', caller: { scheme: 'partner', subject: 'acme', claims: {}, scope: [] } });
  });

  it('answers 401 without a key, with an unknown one and with two, each with a challenge', async () => {
    expect(await outcome(scheme)).toMatchObject({ status: 401, because: 'missing', challenge: 'ApiKey realm="partner"', detail: expect.stringContaining('api-key') });
    expect(await outcome(scheme, by(''))).toMatchObject({ status: 401, because: 'missing' });
    for (const wrong of ['k-acm', 'K-ACME', 'k-acme k-acme', 'é', '__proto__', 'constructor']) expect(await outcome(scheme, by(wrong))).toMatchObject({ status: 401, because: 'invalid', challenge: 'ApiKey realm="partner"' });
    expect(await outcome(scheme, { request: { rawHeaders: ['api-key', 'k-acme', 'api-key', 'k-acme'] } })).toMatchObject({ status: 401, because: 'invalid' });
  });

  it('answers 403 to a key without all of the scope that a rule asks for', async () => {
    expect(await outcome(scheme, { ...by('k-probe'), scope: ['write', 'read'] })).toMatchObject({ status: 200, scope: ['write', 'read'] });
    expect(await outcome(scheme, { ...by('k-probe'), scope: ['write', 'delete'] })).toMatchObject({ status: 403, because: 'forbidden', detail: expect.stringContaining('`delete`') });
    expect(await outcome(scheme, { ...by('k-acme'), scope: ['write'] })).toMatchObject({ status: 403 });
  });

  it('never says the key in its words', async () => {
    expect(JSON.stringify(await outcome(scheme, by('s3cr3t-guess')))).not.toContain('s3cr3t');
  });

  it('reads keys from the query, from a cookie and after a word in a header, and tells the journal where', async () => {
    const inQuery = makeScheme('apiKey: { query: key, keys: { k: acme } }');
    const inCookie = makeScheme('apiKey: { cookie: key, keys: { k: acme } }');
    const worded = makeScheme('apiKey: { header: authorization, prefix: ApiKey, keys: { k: acme } }');
    expect(await outcome(inQuery, { request: { url: '/?key=k' } })).toMatchObject({ status: 200, subject: 'acme' });
    expect(await outcome(inQuery, { request: { url: '/?key=k&key=k' } })).toMatchObject({ status: 401 });
    expect(await outcome(inCookie, { request: { headers: { cookie: 'key=k' } } })).toMatchObject({ status: 200 });
    expect(await outcome(worded, { authorization: 'apikey k' })).toMatchObject({ status: 200 });
    expect(await outcome(worded, { authorization: 'ApiKeyk' })).toMatchObject({ status: 401, because: 'missing' });
    expect([scheme.secretHeaders, inQuery.secretNames, inCookie.secretHeaders, worded.secretHeaders]).toEqual([['api-key'], ['key'], ['cookie'], ['authorization']]);
  });

  it('has nothing to issue', () => {
    expect(scheme.issue).toBeNull();
  });
});

describe('apiKey with keys in a collection', () => {
  const yaml = 'apiKey: { header: api-key, in: keys, field: key, subject: username, scope: may }';
  const rows = [{ id: 1, key: 'k1', username: 'ann', may: 'read write' }, { id: 2, key: 4711, username: 'bob', may: ['read'] }];

  it.each([
    ['a plain field', collectionOf('keys', rows)],
    ['a unique field', collectionOf('keys', rows, { unique: ['key'] })],
    ['the key of the rows', collectionOf('keys', rows, { key: { field: 'key', type: 'given' } })],
  ])('finds the caller by %s, as text or as the number that a file made of it', async (_where, collection) => {
    const scheme = makeScheme(yaml, { collections: [collection] });
    const memory = makeDraft({ collections: [collection] });
    const by = (key: string) => outcome(scheme, { memory, request: { headers: { 'api-key': key } } });
    expect(await by('k1')).toEqual({ status: 200, subject: 'ann', scope: ['read', 'write'] });
    expect(await by('4711')).toEqual({ status: 200, subject: 'bob', scope: ['read'] });
    expect(await by('04711')).toMatchObject({ status: 401 });
    expect(await by('k2')).toMatchObject({ status: 401 });
  });

  it('sees what the session has added and removed', async () => {
    const collection = collectionOf('keys', rows);
    const scheme = makeScheme(yaml, { collections: [collection] });
    const memory = makeDraft({ collections: [collection] });
    memory.remove('keys', '1');
    memory.put('keys', '3', Object.assign(Object.create(null), { id: 3, key: 'k3', username: 'eve' }));
    expect(await outcome(scheme, { memory, request: { headers: { 'api-key': 'k1' } } })).toMatchObject({ status: 401 });
    expect(await outcome(scheme, { memory, request: { headers: { 'api-key': 'k3' } } })).toMatchObject({ status: 200, subject: 'eve', scope: [] });
  });

  it('says at load what is wrong: no such collection, no field, keys here and there', () => {
    expect(compileAuth('apiKey: { header: a, in: kesy, field: key }').mistakes).toMatchObject([{ code: 'unknown-collection', path: ['partner', 'apiKey', 'in'] }]);
    expect(compileAuth('apiKey: { header: a, in: keys }', { collections: [collectionOf('keys')] }).mistakes).toMatchObject([{ message: '`in` needs `field`' }]);
    expect(compileAuth('apiKey: { header: a, in: keys, field: key, keys: { a: b } }').mistakes).toMatchObject([{ code: 'too-many-keys' }]);
    expect(compileAuth('apiKey: { header: a }').mistakes).toMatchObject([{ code: 'missing-key' }]);
    expect(compileAuth('apiKey: { keys: { a: b } }').mistakes).toMatchObject([{ code: 'missing-key', message: expect.stringContaining('`header`, `query`, `cookie`') }]);
    expect(compileAuth("apiKey: { header: a, keys: { 'a b': c } }").mistakes).toMatchObject([{ code: 'wrong-secret' }]);
    expect(compileAuth("apiKey: { header: a, keys: { a: '${{ query.x }}' } }").mistakes).toMatchObject([{ code: 'not-filled' }]);
    expect(compileAuth('apiKey: { header: a, in: keys, field: kee }', { collections: [collectionOf('keys', [], { columns: new Map([['key', 'text']]) })] }).mistakes).toMatchObject([{ code: 'unknown-field', fix: 'Did you mean `key`?' }]);
  });

  it('issues a key of 22 URL-safe letters as a row, which then lets its subject in; the same call in another session makes the same', async () => {
    const collection = collectionOf('keys', rows, { unique: ['key', 'username'] });
    const scheme = makeScheme(yaml, { collections: [collection] });
    const memory = makeDraft({ collections: [collection] });
    const issued = await issue(scheme, 'carl', { may: 'read' }, { memory });
    expect(issued.value).toMatch(/^[\w-]{22}$/);
    expect(issued['row']).toMatchObject({ key: issued.value, username: 'carl', may: 'read' });
    expect(await outcome(scheme, { memory, request: { headers: { 'api-key': issued.value } } })).toEqual({ status: 200, subject: 'carl', scope: ['read'] });
    const elsewhere = await issue(scheme, 'carl', { may: 'read' }, { memory: makeDraft({ collections: [collection] }), session: 'other' });
    expect(elsewhere.value).toBe(issued.value);
    expect((await issue(scheme, 'dora', {}, { memory })).value).not.toBe(issued.value);
  });

  it('refuses to issue to a subject that is taken, for `orElse` to answer', async () => {
    const collection = collectionOf('keys', rows, { unique: ['username'] });
    const scheme = makeScheme(yaml, { collections: [collection] });
    await expect(issue(scheme, 'ann', {}, { memory: makeDraft({ collections: [collection] }) })).rejects.toMatchObject({ name: 'IssueRefused', problem: { status: 409 } });
  });
});

describe('basic', () => {
  const scheme = makeScheme("basic: { users: { alice: secret, jörg: 'grün:blau', bob: { password: b, scope: read } }, realm: 'a \"b\"' }");

  it('lets users in by their passwords, in UTF-8 and with colons', async () => {
    expect(await outcome(scheme, { authorization: basicOf('alice', 'secret') })).toEqual({ status: 200, subject: 'alice', scope: [] });
    expect(await outcome(scheme, { authorization: basicOf('jörg', 'grün:blau') })).toMatchObject({ status: 200, subject: 'jörg' });
    expect(await outcome(scheme, { authorization: basicOf('jo\u0308rg', 'gru\u0308n:blau') })).toMatchObject({ status: 200, subject: 'jörg' });
    expect(await outcome(scheme, { authorization: basicOf('alice', 'secret').replace('Basic', 'bASIC  ') })).toMatchObject({ status: 200 });
    expect(await outcome(scheme, { authorization: basicOf('bob', 'b'), scope: ['read'] })).toMatchObject({ status: 200 });
    expect(await outcome(scheme, { authorization: basicOf('bob', 'b'), scope: ['read', 'write'] })).toMatchObject({ status: 403 });
  });

  it('answers everything else 401 with realm and charset (RFC 7617)', async () => {
    const challenge = 'Basic realm="a \'b\'", charset="UTF-8"';
    expect(await outcome(scheme)).toMatchObject({ status: 401, because: 'missing', challenge });
    expect(await outcome(scheme, { authorization: 'Bearer x' })).toMatchObject({ status: 401, because: 'missing', challenge });
    for (const wrong of [basicOf('alice', 'Secret'), basicOf('alice', ''), basicOf('', 'secret'), basicOf('secret', 'alice'), basicOf('jörg', 'grün:blau', 'latin1'), 'Basic !!', 'Basic YWxpY2U=', `Basic ${Buffer.from('alice:secret\0').toString('base64')}`]) {
      expect(await outcome(scheme, { authorization: wrong })).toMatchObject({ status: 401, because: 'invalid', challenge });
    }
  });

  it('says at load that a user cannot hold a colon, and that a password is text', () => {
    expect(compileAuth("basic: { users: { 'a:b': c } }").mistakes).toMatchObject([{ code: 'wrong-user' }]);
    expect(compileAuth('basic: { users: { a: 1234 } }').mistakes).toHaveLength(1);
    expect(compileAuth("basic: { users: { a: '' } }").mistakes).toMatchObject([{ message: 'This must not be empty' }]);
  });
});

describe('bearer', () => {
  const scheme = makeScheme('bearer: { tokens: { t-acme: acme, t-probe: { subject: probe, scope: [write] }, t-anon: {} } }');

  it('lets fixed tokens in', async () => {
    expect(await outcome(scheme, { authorization: 'Bearer t-acme' })).toEqual({ status: 200, subject: 'acme', scope: [] });
    expect(await outcome(scheme, { authorization: 'bearer   t-probe ', scope: ['write'] })).toMatchObject({ status: 200, subject: 'probe' });
    expect(await outcome(scheme, { authorization: 'Bearer t-anon' })).toMatchObject({ status: 200, subject: null });
  });

  it('challenges as RFC 6750 has it: no error without a token, invalid_token, insufficient_scope with the scope', async () => {
    expect(await outcome(scheme)).toMatchObject({ status: 401, because: 'missing', challenge: 'Bearer realm="partner"' });
    expect(await outcome(scheme, { authorization: 'Bearer' })).toMatchObject({ status: 401, because: 'missing', challenge: 'Bearer realm="partner"' });
    expect(await outcome(scheme, { authorization: 'Bearer t-acm' })).toMatchObject({ status: 401, because: 'invalid', challenge: 'Bearer realm="partner", error="invalid_token", error_description="The token is not known"' });
    expect(await outcome(scheme, { authorization: 'Bearer t-probe', scope: ['read', 'write'] })).toMatchObject({ status: 403, challenge: 'Bearer realm="partner", error="insufficient_scope", error_description="The caller is known, but lacks the scope `read`", scope="read write"' });
  });
});
