import { describe, expect, it } from 'vitest';
import { mostTokens } from '../../src/auth/oauth2-tokens.ts';
import type { Answer, Draft, Scheme } from '../../src/model/index.ts';
import { makeDraft } from '../support/facts.ts';
import { basicOf, compileAuth, factsOf, makeScheme, outcome, type Asking } from './support.ts';

const yaml = "oauth2: { clients: { partner: secret, reader: { secret: 'r+%:x', scope: read } }, token: /oauth/token, lifetime: 5 min, refresh: 1 h, scope: read write }";
const minute = 60_000;

/** A client of one session: each request to the token endpoint is another call. */
class Session {
  readonly scheme: Scheme;
  readonly memory: Draft;
  call = 0;
  now = 1_000_000;

  constructor(written = yaml) {
    this.scheme = makeScheme(written);
    this.memory = makeDraft({ collections: this.scheme.collections });
  }

  async token(form: Record<string, string> | string, options: { readonly authorization?: string | null; readonly type?: string; readonly rawHeaders?: readonly string[] } = {}): Promise<{ readonly status: number; readonly headers: ReadonlyMap<string, string>; readonly body: Record<string, unknown> }> {
    const { authorization = basicOf('partner', 'secret'), type = 'application/x-www-form-urlencoded' } = options;
    const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
    const headers = { 'content-type': type, ...(authorization !== null && { authorization }) };
    const facts = factsOf(this.scheme, { memory: this.memory, now: this.now, call: (this.call += 1), request: { method: 'POST', url: '/oauth/token', headers, body } });
    const act = this.scheme.routes[0]!.act.run(facts, this.memory);
    if (act.kind !== 'answer') throw new Error(`expected an answer, got ${act.kind}`);
    const answer = (await act.reply.render(facts)) as Answer;
    const pairs = answer.headers.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), answer.headers[index + 1]!] as const] : []));
    return { status: answer.status, headers: new Map(pairs), body: JSON.parse((answer.body as { bytes: Buffer }).bytes.toString()) as Record<string, unknown> };
  }

  use(token: unknown, options: Asking = {}): ReturnType<typeof outcome> {
    return outcome(this.scheme, { memory: this.memory, now: this.now, authorization: `Bearer ${String(token)}`, ...options });
  }
}

const credentials = { grant_type: 'client_credentials' };

describe('the token endpoint', () => {
  it('is a POST route from the root, and counts what it keeps apart from the scenario\'s collections', () => {
    const { scheme } = new Session();
    expect(scheme.routes).toMatchObject([{ method: 'POST', path: '/oauth/token', segments: [{ kind: 'literal', text: 'oauth' }, { kind: 'literal', text: 'token' }] }]);
    expect(scheme.collections.map(({ name }) => name)).toEqual([':oauth2:partner']);
    expect(scheme.secretNames).toEqual(expect.arrayContaining(['client_secret', 'access_token', 'refresh_token']));
  });

  it('gives a token by client credentials, as RFC 6749 §5.1 has it, that lets the client in', async () => {
    const session = new Session();
    const { status, headers, body } = await session.token(credentials);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(body).toEqual({ access_token: expect.stringMatching(/^[\w-]{43}$/), token_type: 'Bearer', expires_in: 300, refresh_token: expect.stringMatching(/^[\w-]{43}$/), scope: 'read write' });
    expect(body['access_token']).not.toBe(body['refresh_token']);
    expect(await session.use(body['access_token'])).toEqual({ status: 200, subject: 'partner', scope: ['read', 'write'] });
    expect(JSON.stringify([...session.memory.table(':oauth2:partner').entries()])).not.toContain(String(body['access_token']));
  });

  it('takes the client by Basic, form-encoded or not, or by the form, and never by both', async () => {
    const session = new Session();
    const status = async (form: Record<string, string>, authorization: string | null): Promise<readonly unknown[]> => {
      const answer = await session.token({ ...credentials, ...form }, { authorization });
      return [answer.status, answer.body['error']];
    };
    expect(await status({}, basicOf('reader', 'r+%:x'))).toEqual([200, undefined]);
    expect(await status({}, basicOf('reader', encodeURIComponent('r+%:x')))).toEqual([200, undefined]);
    expect(await status({ client_id: 'partner', client_secret: 'secret' }, null)).toEqual([200, undefined]);
    expect(await status({ client_id: 'partner' }, basicOf('partner', 'secret'))).toEqual([200, undefined]);
    expect(await status({ client_id: 'partner', client_secret: 'secret' }, basicOf('partner', 'secret'))).toEqual([400, 'invalid_request']);
    expect(await status({ client_id: 'reader' }, basicOf('partner', 'secret'))).toEqual([400, 'invalid_request']);
  });

  it('answers invalid_client with 401 and how to authenticate', async () => {
    const session = new Session();
    for (const authorization of [null, basicOf('partner', 'wrong'), basicOf('nobody', 'secret'), 'Bearer x', 'Basic %%%', 'Basic']) {
      const { status, headers, body } = await session.token(credentials, { authorization });
      expect([status, body['error']]).toEqual([401, 'invalid_client']);
      expect(headers.get('www-authenticate')).toBe('Basic realm="partner", charset="UTF-8"');
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect((await session.token({ ...credentials, client_id: 'partner', client_secret: 'x' }, { authorization: null })).status).toBe(401);
  });

  it.each([
    ['no grant type', {}, 'invalid_request'],
    ['an empty grant type', { grant_type: '' }, 'invalid_request'],
    ['a repeated parameter', 'grant_type=client_credentials&grant_type=client_credentials', 'invalid_request'],
    ['another grant type', { grant_type: 'password', username: 'a', password: 'b' }, 'unsupported_grant_type'],
    ['a scope that nobody knows', { ...credentials, scope: 'read fly' }, 'invalid_scope'],
    ['a scope that is none', { ...credentials, scope: 'a"b' }, 'invalid_scope'],
    ['no refresh token', { grant_type: 'refresh_token' }, 'invalid_request'],
    ['a wrong refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
  ])('answers 400 to %s', async (_what, form, error) => {
    const { status, body, headers } = await new Session().token(form);
    expect({ status, error: body['error'], description: typeof body['error_description'] }).toEqual({ status: 400, error, description: 'string' });
    expect(headers.get('pragma')).toBe('no-cache');
  });

  it('answers 400 to a body of another type and to one that is broken', async () => {
    const session = new Session();
    expect((await session.token('{"grant_type":"client_credentials"}', { type: 'application/json' })).body['error']).toBe('invalid_request');
    expect((await session.token('grant_type=client_credentials', { type: 'application/x-www-form-urlencoded; charset=nonsense' })).body['error']).toBe('invalid_request');
  });

  it('gives the scope that was asked for, within what the client may have', async () => {
    const session = new Session();
    const { body } = await session.token({ ...credentials, scope: 'write' });
    expect(body['scope']).toBe('write');
    expect(await session.use(body['access_token'], { scope: ['read'] })).toMatchObject({ status: 403, challenge: expect.stringMatching(/^Bearer realm="partner", error="insufficient_scope", error_description="[^"]+", scope="read"$/) });
    const asReader = { authorization: basicOf('reader', 'r+%:x') };
    expect((await session.token(credentials, asReader)).body['scope']).toBe('read');
    expect((await session.token({ ...credentials, scope: 'write' }, asReader)).body['error']).toBe('invalid_scope');
    expect((await new Session('oauth2: { clients: { partner: secret }, token: /t }').token({ ...credentials, scope: 'any' })).body['scope']).toBe('any');
  });
});

describe('an access token', () => {
  it('ends when its time is over on the server\'s clock', async () => {
    const session = new Session();
    const { body } = await session.token(credentials);
    session.now += 5 * minute - 1;
    expect(await session.use(body['access_token'])).toMatchObject({ status: 200 });
    session.now += 1;
    expect(await session.use(body['access_token'])).toMatchObject({ status: 401, because: 'expired', challenge: 'Bearer realm="partner", error="invalid_token", error_description="The token has expired"' });
  });

  it('is none when it is made up, a refresh token, or of another session', async () => {
    const session = new Session();
    const { body } = await session.token(credentials);
    for (const wrong of ['x', body['refresh_token'], `${String(body['access_token'])}x`]) expect(await session.use(wrong)).toMatchObject({ status: 401, because: 'invalid' });
    expect(await new Session().use(body['access_token'])).toMatchObject({ status: 401 });
  });

  it('is let go when it is over, and the oldest when there are too many', async () => {
    const session = new Session('oauth2: { clients: { partner: secret }, token: /t, lifetime: 1 min, refresh: false }');
    const table = (): { readonly size: number } => session.memory.table(':oauth2:partner');
    const first = await session.token(credentials);
    expect(first.body).not.toHaveProperty('refresh_token');
    await session.token(credentials);
    session.now += minute;
    const later = await session.token(credentials);
    expect(table().size).toBe(1);
    for (let index = 0; table().size < mostTokens; index += 1) session.memory.put(':oauth2:partner', `d${index}`, Object.assign(Object.create(null), { digest: `d${index}`, use: 'access', client: 'partner', scope: [], expires: session.now + minute }));
    expect(await session.use(later.body['access_token'])).toMatchObject({ status: 200 });
    const last = await session.token(credentials);
    expect(table().size).toBe(mostTokens);
    expect(await session.use(later.body['access_token'])).toMatchObject({ status: 401 });
    expect(await session.use(last.body['access_token'])).toMatchObject({ status: 200 });
  });
});

describe('a refresh token', () => {
  it('is good once: it gives new tokens of both kinds, and the old one is over', async () => {
    const session = new Session();
    const first = await session.token(credentials);
    session.now += 10 * minute;
    const refresh = { grant_type: 'refresh_token', refresh_token: String(first.body['refresh_token']) };
    const second = await session.token(refresh);
    expect(second.status).toBe(200);
    expect(second.body['refresh_token']).not.toBe(first.body['refresh_token']);
    expect(await session.use(second.body['access_token'])).toMatchObject({ status: 200, subject: 'partner' });
    expect((await session.token(refresh)).body['error']).toBe('invalid_grant');
    expect((await session.token({ ...refresh, refresh_token: String(second.body['refresh_token']) })).status).toBe(200);
  });

  it('ends with its time, and belongs to its client', async () => {
    const session = new Session();
    const { body } = await session.token(credentials);
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    expect((await session.token(refresh, { authorization: basicOf('reader', 'r+%:x') })).body['error']).toBe('invalid_grant');
    session.now += 60 * minute;
    expect((await session.token(refresh)).body['error']).toBe('invalid_grant');
  });

  it('narrows the scope when asked, never widens it, and stays whole itself', async () => {
    const session = new Session();
    const first = await session.token({ ...credentials, scope: 'read write' });
    const second = await session.token({ grant_type: 'refresh_token', refresh_token: String(first.body['refresh_token']), scope: 'read' });
    expect(second.body['scope']).toBe('read');
    const third = await session.token({ grant_type: 'refresh_token', refresh_token: String(second.body['refresh_token']) });
    expect(third.body['scope']).toBe('read write');
    const narrow = await session.token({ ...credentials, scope: 'read' });
    expect((await session.token({ grant_type: 'refresh_token', refresh_token: String(narrow.body['refresh_token']), scope: 'write' })).body['error']).toBe('invalid_scope');
  });

  it('does not exist where `refresh: false` says so', async () => {
    const session = new Session('oauth2: { clients: { partner: secret }, token: /t, refresh: false }');
    expect((await session.token({ grant_type: 'refresh_token', refresh_token: 'x' })).body['error']).toBe('unsupported_grant_type');
  });
});

describe('a scheme that is written wrongly', () => {
  it('is told at load', () => {
    expect(compileAuth('oauth2: { clients: { a: b } }').mistakes).toMatchObject([{ code: 'missing-key' }]);
    expect(compileAuth('oauth2: { clients: { a: b }, token: oauth/token }').mistakes).toMatchObject([{ code: 'bad-path', fix: 'Write `/oauth/token`' }]);
    expect(compileAuth('oauth2: { clients: { a: b }, token: /_rehearsal/token }').mistakes).toMatchObject([{ code: 'reserved-path' }]);
    expect(compileAuth('oauth2: { clients: { a: { secret: b, scope: raed } }, token: /t, scope: read }').mistakes).toMatchObject([{ code: 'unknown-scope', path: ['partner', 'oauth2', 'clients', 'a', 'scope'] }]);
    expect(compileAuth('oauth2: { clients: { ä: b }, token: /t }').mistakes).toMatchObject([{ code: 'wrong-client' }]);
    expect(compileAuth('oauth2: { clients: { a: b }, token: /t, lifetime: 5 }').mistakes).toHaveLength(1);
  });
});
