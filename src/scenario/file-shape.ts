import { authShape, ruleAuthShape } from '../auth/index.ts';
import { callbackShape } from '../callbacks/index.ts';
import { doShape } from '../changes/index.ts';
import { matcherMapShape } from '../matchers/index.ts';
import { collectionsShape } from '../memory/index.ts';
import { delayShape, replyShape } from '../replies/index.ts';
import { resourcesShape } from '../resources/index.ts';
import { anything, boolean, byKind, list, mapOf, object, oneOfWords, optional, text, type In, type JsonSchema, type Out, type Shape } from '../shapes/index.ts';
import { verifyShape } from './call-shape.ts';

const replyOrReplies = byKind([replyShape, list(replyShape, { min: 1, expected: 'a list of at least one reply' })], {
  expected: 'a reply (a map), or a list of replies',
  about: 'One reply, or a list: the first time the rule answers it gives the first, and so on; the last repeats. None: 204.',
});

const ruleFields = {
  name: optional(text({ about: 'Shown in the journal and in diagnoses.' })),
  when: optional({ ...matcherMapShape, about: 'Which requests the rule answers: matchers that must all hold. None: all.' }),
  expect: optional({ ...matcherMapShape, about: 'What a correct client sends: matchers that its request satisfies. What falls short is shown; with `strict` it is refused.' }),
  auth: optional(ruleAuthShape),
  strict: optional(boolean('`true`: a request that breaks `expect` is answered with 413, 415, 400 or 422 and its violations.')),
  do: optional(doShape),
  respond: optional(replyOrReplies),
  repeat: optional(oneOfWords(['last', 'cycle'], 'What follows the last reply of a list: the last again, or the first.')),
  once: optional(text({ expected: 'an expression, such as `${{ headers["idempotency-key"] }}`', about: 'The first reply for a value of this expression is kept and given again; the same value with another body is 422.' })),
  callback: optional(callbackShape),
  required: optional(boolean('`true`: a run in which the rule was never called fails (`rehearsal run`).')),
};

// oxlint-disable-next-line no-thenable -- `then` is what other tools call a reply; nobody awaits this table
const foreignInRules = { match: 'Write `when`', matches: 'Write `when`', request: 'Write `when`', reply: 'Write `respond`', then: 'Write `respond`', return: 'Write `respond`' };

/** One rule of a route. */
export const ruleShape = object(ruleFields, {
  name: 'a rule', definition: 'rule', foreign: foreignInRules, expected: 'a rule (a map with `when`, `expect`, `respond` …)',
  about: 'When the request looks like this, expect it to obey the contract, do these changes, respond with that, then call back.',
});

/** One rule of `before`: without `respond` it applies its `delay` and the request goes on. */
export const beforeRuleShape = object({ ...ruleFields, delay: optional(delayShape) }, {
  name: 'a rule of `before`', definition: 'beforeRule', foreign: foreignInRules, expected: 'a rule (a map with `when`, `respond`, `delay` …)',
  about: 'A rule tried ahead of every route. One without `respond` applies its `do` and `delay`, and the request goes on.',
});

export const scenarioNameShape = text({ pattern: /^[a-z0-9][a-z0-9-]{0,99}$/, expected: 'a name of lower-case letters, digits and dashes, such as `cleaner-no-tasks`', about: 'The name of the scenario, unique among the loaded files.' });
export const extendsShape = text({ pattern: /^[a-z0-9][a-z0-9-]{0,99}$/, expected: 'the name of a scenario', about: 'The scenario that this one is a variation of.' });
export const summaryShape = text({ about: 'What the scenario is for, in a sentence.' });
export const baseShape = text({ expected: 'a path such as `/xyz/api`', about: 'Put before every route\'s path. Begins with a slash and does not end with one.' });
export const strictShape = boolean('`strict` for every rule that does not say otherwise.');

export const stateNameShape = text({ pattern: /^[^\s$][^\r\n]{0,99}$/, expected: 'the name of a state, such as `idle`', about: 'The first state of every session; `do: { state: … }` moves it on.' });
export const requiresShape = text({ pattern: /^[a-zA-Z][\w-]{0,99}$/, expected: 'the name of a scheme under `auth`', about: 'The scheme that every route asks for whose rule does not say otherwise.' });
export const varsShape = mapOf(anything(), { expected: 'a map of names to first values', about: 'Variables of every session, with their first values.' });

/** One key of a scenario that may be removed by a variation with `null`. */
function removable<O, I>(shape: Shape<O, I>): Shape<O | null, I | null> {
  return {
    expected: shape.expected, kinds: [...shape.kinds, 'null'], ...(shape.about !== undefined && { about: shape.about }),
    parse: (value, path, report) => (value === null || value === undefined ? null : shape.parse(value, path, report)),
    jsonSchema: (definitions) => ({ anyOf: [shape.jsonSchema(definitions), { type: 'null' }], ...(shape.about !== undefined && { description: shape.about }) }),
  };
}

/** A map whose entries a variation may take out with `null`, one by one. */
function entries<O, I>(map: Shape<Readonly<Record<string, O>>, Readonly<Record<string, I>>>): Shape<Readonly<Record<string, O | null>>, Readonly<Record<string, I | null>>> {
  return {
    ...map,
    parse: (value, path, report) => map.parse(value, path, report),
    jsonSchema(definitions) {
      const schema = map.jsonSchema(definitions);
      const values = schema['additionalProperties'];
      return typeof values === 'object' && values !== null ? { ...schema, additionalProperties: { anyOf: [values, { type: 'null' }] } } : schema;
    },
  };
}

const routeShape = byKind([ruleShape, list(ruleShape, { min: 1, expected: 'a list of at least one rule' })], { expected: 'a rule (a map), or a list of rules' });

const routes = mapOf(removable(routeShape), {
  expected: 'a map from `METHOD /path` to a rule or a list of rules',
  about: 'METHOD and path, such as `GET /tasks/{id}`, to a rule or a list of rules: the first whose `when` holds answers.',
});
const routesShape: typeof routes = { ...routes, jsonSchema: (definitions) => ({ ...routes.jsonSchema(definitions), propertyNames: { pattern: '^[A-Z-]+ +/' } }) };

/** A whole scenario file: the one place from which its types, its JSON Schema and its reference page come. */
export const scenarioShape = object({
  scenario: scenarioNameShape,
  extends: optional(extendsShape),
  summary: optional(removable(summaryShape)),
  base: optional(removable(baseShape)),
  strict: optional(removable(strictShape)),
  requires: optional(removable(requiresShape)),
  auth: optional(removable(entries(authShape))),
  state: optional(removable(stateNameShape)),
  vars: optional(removable(varsShape)),
  collections: optional(removable(entries(collectionsShape))),
  before: optional(removable(byKind([beforeRuleShape, list(beforeRuleShape)], { expected: 'a list of rules', about: 'Rules tried ahead of every route: maintenance windows, rate limits.' }))),
  routes: optional(removable(routesShape)),
  resources: optional(removable(entries(resourcesShape))),
  errors: optional(removable(mapOf(removable(replyShape), { expected: 'a map from a status or `default` to a reply', about: 'Replies for errors of the server\'s own, by status, or for all of them under `default`. `status`, `reason` and `violations` are at hand.' }))),
  verify: optional(removable(verifyShape)),
}, { name: 'a scenario', extensions: true, expected: 'a scenario: a map with `scenario`, `routes` …' });

/** The names of a scenario's top keys. */
export const topKeys = ['scenario', 'extends', 'summary', 'base', 'strict', 'requires', 'auth', 'state', 'vars', 'collections', 'before', 'routes', 'resources', 'errors', 'verify'] as const;

/** A scenario as an object: the same shape as the YAML. Keys that begin with `x-` are ignored. */
export type ScenarioInput = In<typeof scenarioShape> & { readonly [extension: `x-${string}`]: unknown };
export type ParsedRuleValue = Out<typeof beforeRuleShape>;

/** The JSON Schema of a scenario file: draft 7, which every editor's YAML support knows. */
export function scenarioJsonSchema(): JsonSchema {
  const definitions = new Map<string, JsonSchema>();
  const schema = scenarioShape.jsonSchema(definitions);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Rehearsal scenario',
    description: 'A scenario file of Rehearsal: which requests are answered, and how.',
    ...schema,
    $defs: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
