import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LiveRule } from '../../src/engine/live-plan.ts';
import type { Rehearsal, RehearsalOptions } from '../../src/index.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { ask, askJson } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';
import { parseExposition, type MetricFamily } from './exposition.ts';
import { draft } from './fake-control.ts';

/** Reads `GET /metrics` as Prometheus does. */
async function scrape(server: Rehearsal): Promise<ReadonlyMap<string, MetricFamily>> {
  const { status, headers, text } = await ask(server, '/_rehearsal/metrics');
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  return parseExposition(text);
}

/** What a counter or gauge stands at for these labels; 0 where it has no such series. */
function valueOf(families: ReadonlyMap<string, MetricFamily>, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const base = name.replace(/_(bucket|sum|count)$/, '');
  const fits = (families.get(name) ?? families.get(base))!.samples.filter((sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
  return fits.reduce((sum, { value }) => sum + value, 0);
}

const shop: RehearsalOptions['scenarios'] = {
  scenario: 'shop', base: '/shop',
  routes: {
    'GET /plain': { respond: { text: 'hello' } },
    'GET /often': { respond: [{ status: 503, text: '' }, { text: 'ok' }] },
    'POST /orders': [{ name: 'small "order"\nof one', expect: { json: { items: [] } }, respond: { status: 201, json: {} } }],
    'GET /one': { when: { query: { id: 1 } }, respond: { text: 'one' } },
    'GET /gone': { respond: { fault: 'empty' } },
    'GET /slow': { respond: { text: 'x', delay: '30 ms' } },
  },
};

test('GET /metrics tells what happened before it was first asked: requests by route, rule and status, bytes, durations', async () => {
  const server = await rehearse({ scenarios: shop });
  for (let count = 0; count < 3; count += 1) await ask(server, '/shop/plain');
  for (let count = 0; count < 3; count += 1) await ask(server, '/shop/often');
  const body = JSON.stringify({ items: ['ä'] });
  await askJson(server, '/shop/orders', { items: ['ä'] });
  await ask(server, '/shop/gone').catch(() => null);
  await ask(server, '/shop/slow', { headers: { 'Rehearsal-Session': 'other' } });
  const families = await scrape(server);
  const requests = (labels: Record<string, string>): number => valueOf(families, 'rehearsal_requests_total', labels);
  expect([requests({ route: 'GET /shop/plain', status: '200' }), requests({ route: 'GET /shop/often', status: '503' }), requests({ route: 'GET /shop/often', status: '200' })]).toEqual([3, 1, 2]);
  expect(requests({ route: 'POST /shop/orders', rule: 'small "order"\nof one', status: '201' })).toBe(1);
  expect(requests({ route: 'GET /shop/gone', status: 'none' })).toBe(1);
  expect(requests({})).toBe(9);
  expect(valueOf(families, 'rehearsal_violations_total', { route: 'POST /shop/orders' })).toBe(1);
  expect(valueOf(families, 'rehearsal_violations_total')).toBe(1);
  expect(valueOf(families, 'rehearsal_unmatched_total')).toBe(0);
  expect(valueOf(families, 'rehearsal_received_bytes_total')).toBe(Buffer.byteLength(body));
  expect(valueOf(families, 'rehearsal_sent_bytes_total')).toBe(3 * 'hello'.length + 2 * 'ok'.length + '{}'.length + 'x'.length);
  expect(valueOf(families, 'rehearsal_request_duration_seconds_count', { route: 'GET /shop/plain' })).toBe(3);
  expect(valueOf(families, 'rehearsal_request_duration_seconds_sum', { route: 'GET /shop/slow' })).toBeGreaterThanOrEqual(0.029);
  expect(valueOf(families, 'rehearsal_request_duration_seconds_bucket', { route: 'GET /shop/slow', le: '0.025' })).toBe(0);
  expect(valueOf(families, 'rehearsal_sessions')).toBe(2);
  expect(valueOf(families, 'rehearsal_journal_exchanges')).toBe(9);
  for (const name of ['rehearsal_process_cpu_seconds_total', 'rehearsal_process_resident_memory_bytes', 'rehearsal_process_start_time_seconds']) expect(valueOf(families, name), name).toBeGreaterThan(0);
});

test('what no rule answered has no client text in its labels', async () => {
  const server = await rehearse({ scenarios: shop });
  for (const path of ['/nowhere/secret', '/shop/one?id=2', '/%00', '/@nope/shop/plain']) await ask(server, path, { headers: { 'X-Secret': 'secret' } });
  await ask(server, '/shop/plain', { method: 'BREW' }).catch(() => null);
  await ask(server, '/shop/plain', { method: 'DELETE' });
  const families = await scrape(server);
  const series = families.get('rehearsal_requests_total')!.samples.map(({ labels, value }) => ({ ...labels, value }));
  expect(series).toContainEqual({ route: 'GET /shop/one', rule: 'unmatched', status: '404', value: 1 });
  expect(series).toContainEqual({ route: 'unmatched', rule: 'unmatched', status: '404', value: 2 });
  expect(series).toContainEqual({ route: 'unmatched', rule: 'unmatched', status: '400', value: 1 });
  expect(series).toContainEqual({ route: 'unmatched', rule: 'unmatched', status: '405', value: 1 });
  expect(JSON.stringify(series)).not.toMatch(/secret|nope|BREW|DELETE/);
  expect(valueOf(families, 'rehearsal_unmatched_total')).toBe(server.journal({ unmatched: true }).total);
});

test('counters never fall: not when the journal is cleared, nor when a scenario is edited', async () => {
  const folder = temporaryFolder('metrics');
  const file = join(folder, 'hello.yaml');
  const write = (text: string): void => writeFileSync(file, `scenario: hello\nroutes:\n  GET /:\n    name: greeting\n    respond: { text: ${text} }\n`);
  write('one');
  const server = await rehearse({ scenarios: folder, watch: true });
  expect((await ask(server, '/')).text).toBe('one');
  write('two');
  await expect.poll(async () => (await ask(server, '/')).text, { timeout: 5000 }).toBe('two');
  await ask(server, '/_rehearsal/journal', { method: 'DELETE', headers: { 'Rehearsal-Admin': '1' } });
  const before = valueOf(await scrape(server), 'rehearsal_requests_total', { route: 'GET /', rule: 'greeting' });
  expect(before).toBeGreaterThanOrEqual(2);
  await ask(server, '/');
  expect(valueOf(await scrape(server), 'rehearsal_requests_total', { route: 'GET /', rule: 'greeting' })).toBe(before + 1);
});

test('needs the token where one is set, and counts no request to the admin API', async () => {
  const server = await rehearse({ scenarios: shop, adminToken: 'open sesame'.replace(' ', '-') });
  expect((await ask(server, '/_rehearsal/metrics')).status).toBe(401);
  const { text } = await ask(server, '/_rehearsal/metrics', { headers: { Authorization: 'Bearer open-sesame' } });
  expect(parseExposition(text).get('rehearsal_requests_total')!.samples).toEqual([]);
});

test('past fifty thousand rules all others are counted as one', () => {
  const metrics = new Metrics();
  const live = (line: number): LiveRule => ({ reference: { route: 'GET /', name: null, file: 'a.yaml', line }, meter: null }) as LiveRule;
  for (let line = 1; line <= 50_010; line += 1) metrics.count(draft(), 1, live(line), null);
  const rules = [...metrics.rules];
  expect(rules).toHaveLength(50_001);
  expect([rules.at(-1)!.route.route, rules.at(-1)!.rule, rules.at(-1)!.counts]).toEqual(['other', 'other', [10]]);
});

test.each<[string, RegExp]>([
  ['a 1', /has no end/], ['a 1\n', /outside its family/], ['# TYPE a counter\na 1\n', /without its help/], ['# HELP a b\n# TYPE a counter\na{b="c} 1\n', /no labels/],
  ['# HELP a b\n# TYPE a counter\na x\n', /no line/], ['# HELP a b\n# TYPE a counter\na 1\na 2\n', /twice/], ['# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_sum 1\na_count 3\n', /do not add up/],
])('the parser of these tests refuses %j', (text, reason) => {
  expect(() => parseExposition(text)).toThrow(reason);
});
