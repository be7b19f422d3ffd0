import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadScenarios } from '../../src/scenario/load-scenarios.ts';
import { fixtures } from './load.ts';

/** Processor time: far above what any of these inputs takes, however busy the machine is. */
const mostCpuMs = 4_000;
const timeoutMs = 120_000;

async function loads(text: string): Promise<void> {
  const before = process.cpuUsage();
  const { plan, diagnostics } = await loadScenarios([{ file: 'a.yaml', text }, { file: 'b.yaml', text: 'scenario: b\nextends: a\n' }], { fixtures, strict: false });
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(mostCpuMs);
  expect(plan === null).toBe(diagnostics.length > 0);
  for (const { file, line, column, code, message } of diagnostics) {
    expect(['a.yaml', 'b.yaml']).toContain(file);
    expect(line >= 1 && column >= 1 && code !== '' && message !== '').toBe(true);
    expect(line).toBeLessThanOrEqual(text.split('\n').length + 2);
  }
}

const words = ['scenario', 'extends', 'base', 'strict', 'routes', 'before', 'errors', 'when', 'expect', 'respond', 'once', 'repeat', 'name', 'delay', 'GET /a', 'POST /{id}', 'ANY /**', 'query', 'headers', 'json', 'jsonPath',
  'schema', 'text', 'raw', 'xpath', 'multipart', 'contentType', 'call', 'chance', 'rate', 'if', 'any', 'all', 'not', 'status', 'file', 'zip', 'base64', 'bytes', 'upload', 'generate', 'stream', 'cookies', 'type', 'throttle', 'encoding', 'redirect',
  'fault', 'reset', 'truncate', 'matches', 'min', 'max', 'oneOf', 'equals', 'default', '404', 'x-a', '<<', '__proto__', 'constructor', 'toString'];
const snippets = [...words, ': ', ':\n', '\n', '\n  ', '\n    ', '- ', '{ ', ' }', '[', ']', ', ', '"', "'", '|\n', '>-\n', '&a ', '*a', '* ', '${{ ', ' }}', '#', ' #', '\t', '!x ', '%', '@', '`', '\\', '---\n', '...\n', '?', '1', '-1', '20 MB', '2 s', '50%', '\u0000', '\ufeff', '\ue000', '\ue001', '\ud800', '😀', '\r\n', '.nan', '0x1', '9007199254740993', '1e999', 'null', 'true'];

test('any text gives a plan or diagnostics, in time, and never an exception', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...snippets) }, { weight: 1, arbitrary: fc.string() }), { maxLength: 60 }), async (pieces) => loads(pieces.join(''))), { numRuns: 600 });
}, timeoutMs);

test('any text under a scenario\'s head does, too', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...snippets), { maxLength: 40 }), async (pieces) => loads(`scenario: a\nroutes:\n  GET /a:\n    respond:\n      json: ${pieces.join('')}`)), { numRuns: 400 });
}, timeoutMs);

const leaf = fc.oneof(fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 1.5, 404, 1e21, '', 'yes', '20 MB', '2 s', '50%', '${{ query.id }}', '${{ 1 + }}', '${{', 'tasks.csv', '../x', '(a+)+$', '[', '$.a[?@.b]', '//a', 'last', 'hang'), fc.string({ maxLength: 8 }));
const value = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...words), tie('any'), { maxKeys: 4 })),
})).any;

test('any values in the places of the language do, too, from YAML and as objects', async () => {
  await fc.assert(fc.asyncProperty(fc.dictionary(fc.constantFrom('when', 'expect', 'respond', 'once', 'repeat', 'strict', 'name'), value, { maxKeys: 4 }), value, value, async (rule, errors, before) => {
    const scenario = { scenario: 'a', routes: { 'GET /a': rule, 'POST /{id}': [rule, rule] }, errors, before };
    await loads(stringify(scenario, { lineWidth: 0 }));
    const { plan, diagnostics } = await loadScenarios([{ file: 'scenario object 1', value: scenario }], { fixtures, strict: true });
    expect(plan === null).toBe(diagnostics.length > 0);
  }), { numRuns: 200 });
}, timeoutMs);
