import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { operatorNames } from '../../src/matchers/values/operators.ts';
import { operators, ruleYaml } from '../../src/console/exchange/rule-yaml.js';
import { yaml } from '../../src/console/exchange/yaml.js';
import type { ScenarioInput } from '../../src/index.ts';
import { ask, multipart, type Ask } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';

const hostile = '<script>alert(1)</script>${{ vars.secret }} "\' \\ # - : {} [] *a &b !c\u2028\r\n\tend';

/** What came, as a rule, in a server that knows nothing else. */
async function replay(path: string, options: Ask, first: Partial<ScenarioInput> = {}): Promise<{ readonly text: string; readonly before: Awaited<ReturnType<typeof ask>>; readonly after: Awaited<ReturnType<typeof ask>> }> {
  const recorder = await rehearse({ scenarios: { scenario: 'recorder', routes: {}, ...first } as ScenarioInput });
  const before = await ask(recorder, path, options);
  const [listed] = recorder.journal();
  const exchange = (await recorder.exchange(listed!.id))!;
  const text = ruleYaml(exchange, (await recorder.reports()).map((report) => ({ ...report, problem: null })));
  const player = await rehearse({ scenarios: { scenario: 'player', ...(parse(text, { merge: true }) as object) } as ScenarioInput });
  return { text, before, after: await ask(player, path, options) };
}

describe('an exchange as a rule', () => {
  it('answers the same request the same way', async () => {
    const routes = { 'POST /orders/{id}': { respond: { status: 201, json: { id: 7, note: 'a: b', tags: ['x', { deep: null }], when: 'no' } } } };
    const { before, after } = await replay('/orders/7?page=2&q=a%20b', { headers: { 'Content-Type': 'application/json' }, body: '{"name":"Ann","items":[{"id":1},[]],"empty":{},"min":3}' }, { routes });
    expect([after.status, after.json()]).toEqual([before.status, before.json()]);
  });

  it('asks for each part of an unmatched request, and leaves the answer to be written', async () => {
    const { text, after } = await replay('/o?id=1', { headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' });
    expect(text).toContain('Write the answer here');
    expect(after.status).toBe(200);
  });

  it('takes nothing that came for an expression, a test, or more than text', async () => {
    const body = JSON.stringify({ [hostile]: hostile, range: { min: 1, max: 2 }, empty: {}, ['__proto__x']: 1 });
    const routes = { 'ANY /**': { respond: { text: '${{ request.method == "" ? "" : body[' + JSON.stringify(hostile) + '] }}' } } };
    const { before, after } = await replay(`/p%7Bid%7D/%2A/a:b?x=${encodeURIComponent(hostile)}`, { headers: { 'Content-Type': 'application/json' }, body }, { routes });
    expect([after.status, after.text]).toEqual([200, before.text]);
    expect(before.text).toBe(hostile);
  });

  it('asks for uploads by name and type', async () => {
    const { headers, body } = multipart({ file: { filename: 'report.zip', content: 'PK', type: 'application/zip' }, note: 'all clean' });
    const { text, after } = await replay('/upload', { headers, body });
    expect(text).toContain('filename: report.zip');
    expect(after.status).toBe(200);
  });

  it('knows every word that makes a map a test', () => {
    expect([...operators].sort()).toEqual([...operatorNames].sort());
  });
});

describe('YAML', () => {
  it.each([[{ a: { b: [1, [2, [{ c: 'd' }]], [], {}], e: null } }], [['yes', 'null', '1', '0x1', '1e3', '~', '', ' a', 'a ', 'a: b', 'a #b', '- a', "it's", '2026-01-01', hostile, '\u0007\u0085\ufeff', '😀']], [{ '': 1, 'a b': 2, '${{ x }}': 3, no: 4, '1': 5 }], [[[1, 2], [3]]], ['plain'], [true], [-0.5]])('reads back as what it was: %j', (value) => {
    expect(parse(`top:${yaml(value, 1)}\n`)).toEqual({ top: value });
  });
});
