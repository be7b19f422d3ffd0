import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { parse } from 'yaml';
import { schemaCommand } from '../../src/cli/schema.ts';
import { functionReference } from '../../src/expressions/index.ts';
import { faultKinds } from '../../src/faults/index.ts';
import { matcherKinds } from '../../src/matchers/index.ts';
import { replyKinds } from '../../src/replies/index.ts';
import { scenarioJsonSchema, type ScenarioInput } from '../../src/scenario/file-shape.ts';
import { referencePage } from '../../src/scenario/reference-page.ts';

const published = new URL('../../scenarios/scenario.schema.json', import.meta.url);

describe('the published JSON Schema', () => {
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(scenarioJsonSchema());

  test('is in step with the source (`rehearsal schema > scenarios/scenario.schema.json` mends it)', () => {
    let printed = '';
    expect(schemaCommand({ stdout: (text) => { printed += text; } })).toBe(0);
    expect(readFileSync(published, 'utf8')).toBe(printed);
  });

  test.each([
    'scenario: a\nbase: /api\nsummary: x\nstrict: true\nx-anything: { a: 1 }\nroutes:\n  GET /a: { respond: { json: [1] } }\n  POST /b:\n    - { name: x, when: { query: { id: 1 }, call: 3 }, expect: { json: { a: { min: 1 } } }, respond: [{ status: 503 }, { text: ok, delay: { min: 1 s, max: 2 s } }], repeat: cycle, once: "${{ query.id }}" }\n    - {}\n',
    'scenario: b\nextends: a\nsummary: null\nbase: null\nerrors: null\nbefore:\n  - { delay: 1 s }\nroutes:\n  GET /a: null\n',
    'scenario: d\nverify:\n  - { route: GET /a, count: 1 }\n  - { rule: x, match: { query: { id: 1 } }, status: { min: 400 }, count: { max: 2 }, session: bob, order: true }\nroutes:\n  GET /a: { name: x, required: true }\n',
    'scenario: c\nroutes:\n  ANY /**: { respond: { status: "${{ int(query.status) }}", fault: { reset: { after: 1 MB } } } }\nerrors: { default: { json: {} }, 404: { text: x } }\n',
  ])('accepts what the loader accepts: %#', (text) => {
    expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
  });

  test.each([
    ['a key that is not there', 'scenario: a\nrotues: {}'],
    ['no name', 'routes: {}'],
    ['a name with capitals', 'scenario: Abc'],
    ['a rule with a misspelt key', 'scenario: a\nroutes: { GET /a: { respnod: {} } }'],
    ['a reply with a misspelt key', 'scenario: a\nroutes: { GET /a: { respond: { jsn: 1 } } }'],
    ['a matcher with a misspelt key', 'scenario: a\nroutes: { GET /a: { when: { qurey: {} } } }'],
    ['a route without its method', 'scenario: a\nroutes: { /a: {} }'],
    ['a status out of range', 'scenario: a\nroutes: { GET /a: { respond: { status: 99 } } }'],
  ])('refuses %s', (_, text) => {
    expect(validate(parse(text))).toBe(false);
  });
});

test('the reference page shows every kind, with its words', () => {
  const page = referencePage();
  for (const { key, about } of [...matcherKinds, ...replyKinds, ...faultKinds]) {
    expect(page).toContain(`### \`${key}\``);
    expect(page).toContain(about);
  }
  for (const { signature } of functionReference()) expect(page).toContain(signature.replaceAll('|', '\\|'));
  expect(page).not.toContain('undefined');
});

test('the published reference page is in step with the source (`vitest run -u` writes it anew)', async () => {
  await expect(referencePage()).toMatchFileSnapshot('../../scenarios/reference.md');
});

test('a scenario as an object is typed like the YAML', () => {
  const scenario = {
    scenario: 'typed',
    'x-note': 'ignored',
    routes: { 'GET /a': { when: { query: { id: 1 } }, respond: { json: { id: 1 }, delay: '2 s' } }, 'GET /b': [{ respond: [{ status: 503 }, {}], repeat: 'cycle' }, { respond: { fault: 'reset' } }] },
    errors: { 404: { text: 'none' } },
  } as const satisfies ScenarioInput;
  expectTypeOf(scenario).toExtend<ScenarioInput>();
  // @ts-expect-error a misspelt key
  const misspelt: ScenarioInput = { scenario: 'a', rotues: {} };
  // @ts-expect-error `repeat` takes two words
  const wrong: ScenarioInput = { scenario: 'a', routes: { 'GET /a': { repeat: 'forever' } } };
  expect([misspelt, wrong]).toHaveLength(2);
});
