import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAdmin, type AdminOptions } from '../../src/admin/create-admin.ts';
import { draft, FakeControl } from './fake-control.ts';

let control: FakeControl;
beforeEach(() => {
  control = new FakeControl();
});

const admin = (options: Partial<AdminOptions> = {}) => createAdmin(control, { token: null, hosts: [], ...options });
const api = (options: Partial<AdminOptions> = {}) => request(admin(options));

/** One request of each kind that the admin API knows. */
const all = [
  ['get', '/'], ['get', '/health'], ['get', '/ca.pem'], ['get', '/scenarios'], ['put', '/scenarios/active'], ['get', '/routes'], ['get', '/journal'], ['get', '/journal/e1'], ['delete', '/journal'],
  ['post', '/explain'], ['get', '/reports'], ['get', '/reports/r1'], ['get', '/reports/r1/content'], ['get', '/sessions'], ['get', '/sessions/default'], ['delete', '/sessions/default'],
  ['get', '/events'], ['get', '/openapi.json'], ['get', '/nothing'], ['options', '/journal'],
] as const;
const open = ['/', '/health', '/ca.pem'];

describe('the Host', () => {
  it.each(['localhost', 'localhost:5000', 'LOCALHOST:1', '127.0.0.1', '127.0.0.1:5000', '[::1]', '[::1]:5000', 'partner.test', 'partner.test:8443', 'a.wild.test', '[fe80::1]:5000'])('may be %s', async (host) => {
    await api({ hosts: ['Partner.test', '*.wild.test', 'fe80::1', '[::1]'] }).get('/_rehearsal/health').set('Host', host).expect(200);
  });

  it.each(['evil.example', 'localhost.evil.example', 'localhost.', 'evil-localhost', '127.0.0.1.evil.example', '127.0.0.2', 'localhost:5000:5000', 'localhost@evil', 'user@localhost', '0.0.0.0', '[::1', 'wild.test', 'a.b.wild.test', '.wild.test', 'localhost:x', 'localhost/x'])('is refused when it is %s', async (host) => {
    const { status, headers, body } = await api({ hosts: ['*.wild.test'] }).get('/_rehearsal/health').set('Host', host);
    expect([status, headers['content-type']]).toEqual([421, 'application/problem+json']);
    expect(body.detail).toContain('--san');
  });

  it.each(all)('is looked at for %s %s', async (method, path) => {
    expect((await api()[method](`/_rehearsal${path}`).set('Host', 'evil.example').set('Rehearsal-Admin', '1')).status).toBe(421);
    expect([control.selected, control.resets]).toEqual([[], []]);
  });

  it.each([['missing', '', 421], ['given twice', 'Host: localhost\r\nHost: evil.example\r\n', 400]])('is refused when it is %s', async (_what, lines, status) => {
    const handler = admin();
    const server = createServer({ requireHostHeader: false }, (incoming: IncomingMessage, response: ServerResponse) => handler(incoming, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(`GET /_rehearsal/health HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`));
      let text = '';
      socket.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text)).on('error', reject);
    });
    server.close();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

describe('pages of other sites', () => {
  it.each(all)('are refused at %s %s, by Sec-Fetch-Site and by Origin', async (method, path) => {
    for (const [name, value] of [['Sec-Fetch-Site', 'cross-site'], ['Sec-Fetch-Site', 'same-site'], ['Origin', 'https://evil.example'], ['Origin', 'null'], ['Origin', 'http://localhost:3000']] as const) {
      const { status, headers } = await api()[method](`/_rehearsal${path}`).set('Host', 'localhost:5000').set(name, value).set('Rehearsal-Admin', '1').set('Content-Type', 'application/json');
      expect([status, headers['content-type']]).toEqual([403, 'application/problem+json']);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    expect([control.selected, control.resets, control.explained]).toEqual([[], [], []]);
  });

  it.each([['Sec-Fetch-Site', 'same-origin'], ['Sec-Fetch-Site', 'none'], ['Origin', 'https://localhost:5000'], ['Origin', 'http://localhost:5000']])('are not those with %s: %s', async (name, value) => {
    await api().get('/_rehearsal/journal').set('Host', 'localhost:5000').set(name, value).expect(200);
  });

  it('are not those of the default port', async () => {
    await api().get('/_rehearsal/journal').set('Host', 'localhost').set('Origin', 'https://localhost').expect(200);
    await api().get('/_rehearsal/journal').set('Host', 'localhost:443').set('Origin', 'https://localhost').expect(200);
    await api().get('/_rehearsal/journal').set('Host', 'localhost').set('Origin', 'https://localhost:5000').expect(403);
    await api().get('/_rehearsal/journal').set('Host', '127.0.0.1').set('Origin', 'https://localhost').expect(403);
  });
});

describe('a change', () => {
  const changes = [['put', '/scenarios/active'], ['delete', '/journal'], ['delete', '/sessions/default'], ['post', '/explain']] as const;

  it.each(changes)('by %s %s is refused in the forms that a web page can send', async (method, path) => {
    control.journal.record(draft());
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx', 'text/plain; application/json']) {
      const { status, body } = await api()[method](`/_rehearsal${path}`).set('Content-Type', type).send('{"scenario":"cleaner","url":"/"}');
      expect(status).toBe(415);
      expect(body.detail).toContain('Rehearsal-Admin');
    }
    expect((await api()[method](`/_rehearsal${path}`)).status).toBe(415);
    expect([control.selected, control.resets, control.explained, control.journal.size]).toEqual([[], [], [], 1]);
  });

  it('is taken as JSON, with parameters too, and from a program that sets the header', async () => {
    const put = () => api().put('/_rehearsal/scenarios/active');
    await put().set('Content-Type', 'application/json; charset=UTF-8').send('{"scenario":"cleaner"}').expect(200);
    await put().set('Content-Type', 'application/x-www-form-urlencoded').set('Rehearsal-Admin', '1').send('{"scenario":"cleaner"}').expect(200);
    await api().delete('/_rehearsal/journal').set('Content-Type', 'application/json').expect(204);
  });
});

describe('the token', () => {
  const token = 'c0rrect-horse';

  it.each([...all.filter(([, path]) => !open.includes(path)), ['patch', '/journal'], ['post', '/sessions']] as const)('is needed for %s %s', async (method, path) => {
    for (const authorization of [undefined, 'Bearer', 'Bearer ', 'Bearer wrong', `Basic ${token}`, token, `Bearer ${token}x`, `Bearer ${token} x`, `Bearer ${token.toUpperCase()}`]) {
      const call = api({ token })[method](`/_rehearsal${path}`).set('Rehearsal-Admin', '1');
      const { status, headers } = await (authorization === undefined ? call : call.set('Authorization', authorization));
      expect([authorization, status]).toEqual([authorization, 401]);
      expect(headers['www-authenticate']).toBe('Bearer realm="rehearsal"');
    }
    expect([control.selected, control.resets]).toEqual([[], []]);
  });

  it.each(open)('is not needed for %s', async (path) => {
    await api({ token }).get(`/_rehearsal${path}`).expect(200);
  });

  it('is not needed to hear which methods an open path has', async () => {
    expect((await api({ token }).options('/_rehearsal/health')).status).toBe(204);
    expect((await api({ token }).post('/_rehearsal/health')).status).toBe(405);
  });

  it('opens the rest', async () => {
    await api({ token }).get('/_rehearsal/journal').set('Authorization', `Bearer ${token}`).expect(200);
    await api({ token }).get('/_rehearsal/journal').set('Authorization', `bearer   ${token}`).expect(200);
    await api({ token }).put('/_rehearsal/scenarios/active').set('Authorization', `Bearer ${token}`).send({ scenario: 'cleaner' }).expect(200);
  });

  it('is not needed for the page, which tells nothing by itself and asks for it', async () => {
    const { status, text } = await api({ token }).get('/_rehearsal/');
    expect(status).toBe(200);
    expect(text).not.toContain('cleaner');
    await api({ token }).get('/_rehearsal/console/main.js').expect(200);
  });
});
