import { Agent } from 'node:https';
import { afterAll, expect, vi } from 'vitest';
import { rehearsalTest } from '../../src/vitest.ts';
import { ask, askJson, multipart, type Answered } from '../support/client.ts';
import { temporaryFolder } from '../support/rehearsal.ts';

const many = 50;
vi.setConfig({ maxConcurrency: many });

const test = rehearsalTest({
  certs: temporaryFolder('certs'),
  scenarios: [{
    scenario: 'desk', base: '/desk', state: 'open', vars: { notes: 0 },
    collections: { notes: { key: 'id', rows: [{ id: 1, text: 'first' }] } },
    resources: { '/notes': 'notes' },
    routes: {
      'POST /close': [{ when: { state: 'open' }, do: [{ state: 'closed' }, { add: { notes: 1 } }], respond: { json: { notes: '${{ vars.notes }}' } } }, { respond: { status: 409, text: 'closed' } }],
      'GET /state': { respond: { text: '${{ state }}' } },
      'POST /report': { respond: { status: 201, text: 'taken' } },
      'GET /often': [{ when: { call: { max: 2 } }, respond: { status: 503, text: 'busy' } }, { respond: { text: 'done' } }],
    },
  }, { scenario: 'desk-other', extends: 'desk', routes: { 'GET /often': { respond: { text: 'at once' } } } }],
});

/** Opens once all fifty tests stand before it: they run at the same time, or not at all. */
let arrived = 0;
let open: () => void;
const together = new Promise<void>((resolve) => (open = resolve));
const agent = new Agent({ keepAlive: true, maxSockets: 10 });
const urls = new Set<string>();
const servers = new Set<string>();

test.concurrent.for(Array.from({ length: many }, (_, index) => index))('%i', async (number, { rehearsal, partner }) => {
  arrived += 1;
  if (arrived === many) open();
  await together;
  servers.add(rehearsal.url);
  urls.add(partner.url);
  const path = (end: string): string => `${new URL(partner.url).pathname}/desk${end}`;
  const get = (end: string): Promise<Answered> => ask(rehearsal, path(end), { agent });
  const post = (end: string, value: unknown): Promise<Answered> => askJson(rehearsal, path(end), value, { agent });
  if (number % 2 === 1) partner.use('desk-other');
  const often = [];
  for (let call = 0; call < 3; call += 1) often.push((await get('/often')).text);
  expect(often).toEqual(number % 2 === 1 ? ['at once', 'at once', 'at once'] : ['busy', 'busy', 'done']);

  expect((await get('/state')).text).toBe('open');
  expect((await post('/close', {})).json()).toEqual({ notes: 1 });
  expect((await post('/close', {})).status).toBe(409);

  const own = Array.from({ length: number % 4 }, (_, index) => `note ${number}.${index}`);
  for (const text of own) expect((await post('/notes', { text })).status).toBe(201);
  const rows = (await get('/notes')).json() as readonly { text: string }[];
  expect(rows.map(({ text }) => text)).toEqual(['first', ...own]);

  const sent = multipart({ file: { filename: `${number}.txt`, content: `report ${number}` } });
  expect((await ask(rehearsal, path('/report'), { method: 'POST', agent, ...sent })).status).toBe(201);
  const reports = await partner.reports();
  expect(await Promise.all(reports.map(async (report) => [report.filename, (await report.read()).toString()]))).toEqual([[`${number}.txt`, `report ${number}`]]);
  expect(partner.journal().total).toBe(3 + 1 + 2 + own.length + 1 + 1);
});

afterAll(() => {
  agent.destroy();
  expect([servers.size, urls.size]).toEqual([1, many]);
});
