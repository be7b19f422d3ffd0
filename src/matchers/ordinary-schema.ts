import { plainNumbers } from '../base/plain-numbers.ts';
import { asDouble, every, fail, groupOf, isMap, ordinaryKeywords, type Group, type Rule } from './ordinary-keywords.ts';
import { drafts, maxErrors, type SchemaCheck, type SchemaError } from './schema-words.ts';

type SchemaMap = Readonly<Record<string, unknown>>;

/**
 * Compiles a schema of nothing but plain keywords, in which all drafts agree: most schemas are such, and loading the engine to
 * check one takes longer than all else of a start. Null for any other, and for one that is wrong: the engine takes it, and says why.
 * What it finds is what the engine finds, in the same words and order.
 */
export function makeOrdinaryCheck(given: unknown): SchemaCheck | null {
  const schema = plainNumbers(given);
  const rule = isMap(schema) && !isHeadOrdinary(schema) ? null : compile(schema, 0);
  return rule && {
    passes: (value) => rule(value, '', null),
    errors(value) {
      const found: SchemaError[] = [];
      rule(value, '', found);
      return found.slice(0, maxErrors);
    },
  };
}

/** What a schema says of itself: its draft, and a plain address, which matters to references alone. */
function isHeadOrdinary({ $schema, $id }: SchemaMap): boolean {
  if ($schema !== undefined && (typeof $schema !== 'string' || !Object.hasOwn(drafts, $schema.replace(/#$/, '')))) return false;
  return $id === undefined || (typeof $id === 'string' && /^https?:\/\/(?!json-schema\.org)[\w.-]+(?:\/[\w.-]+)*$/.test($id));
}

const always: Rule = () => true;
const never: Rule = (value, path, out) => fail(value, path, 'boolean schema is false', out);

/** Deeper ones are left to the engine. */
const maxDepth = 64;

/** Null for what is not ordinary. */
function compile(schema: unknown, depth: number): Rule | null {
  if (typeof schema === 'boolean') return schema ? always : never;
  if (!isMap(schema) || depth > maxDepth) return null;
  const nested = (inner: unknown): Rule | null => compile(inner, depth + 1);
  const words = Object.keys(schema);
  if (!words.every((word) => known.has(word) || isNote(word, schema[word], depth === 0) || ((word === 'then' || word === 'else') && Object.hasOwn(schema, 'if')))) return null;
  const types = typesOf(schema['type']);
  if (types === null) return null;
  const rules: Rule[] = [];
  let typesRule = types.length === 0 ? null : typeRule(types);
  const asked = inOrder.filter(({ word }) => Object.hasOwn(schema, word));
  for (let next = 0; next < asked.length;) {
    const { group } = asked[next]!;
    const ofGroup: Rule[] = [];
    for (; asked[next]?.group === group; next += 1) {
      const { word, make } = asked[next]!;
      const rule = make(schema[word], nested, schema);
      if (rule === null) return null;
      ofGroup.push(rule);
    }
    // A wrong type is told first, or in the place of what only its right one is asked.
    const isOnlyType = types.length === 1 && types[0] === group;
    rules.push(group === 'any' ? every(ofGroup) : whenOf(group, every(ofGroup), isOnlyType ? typesRule! : always));
    if (isOnlyType) typesRule = null;
  }
  return every(typesRule ? [typesRule, ...rules] : rules);
}

function whenOf(group: Group, rule: Rule, other: Rule): Rule {
  return (value, path, out) => (groupOf(value) === group ? rule : other)(value, path, out);
}

const inOrder = ordinaryKeywords.flatMap(([group, keywords]) => Object.entries(keywords).map(([word, make]) => ({ word, group, make })));
const known = new Set(['type', ...inOrder.map(({ word }) => word)]);

/** Whether a word asks nothing of a value. */
function isNote(word: string, given: unknown, isRoot: boolean): boolean {
  switch (word) {
    case '$schema': case '$id': return isRoot;
    case 'title': case 'description': case '$comment': return typeof given === 'string';
    case 'deprecated': case 'readOnly': case 'writeOnly': return typeof given === 'boolean';
    case 'examples': return Array.isArray(given);
    case 'default': return true;
    default: return (word === 'example' || word.startsWith('x-')) && !isMap(given);
  }
}

const typeTests: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  number: (value) => groupOf(value) === 'number',
  array: Array.isArray,
  object: isMap,
  integer(value) {
    const number = asDouble(value);
    return typeof number === 'number' && !(number % 1) && !Number.isNaN(number);
  },
};

/** Empty when any will do; null for what is no list of types. */
function typesOf(type: unknown): readonly string[] | null {
  if (type === undefined) return [];
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  const isList = types.length > 0 && new Set(types).size === types.length && types.every((one) => typeof one === 'string' && Object.hasOwn(typeTests, one));
  return isList ? (types as readonly string[]) : null;
}

function typeRule(types: readonly string[]): Rule {
  const expected = types.join(',');
  const tests = types.map((type) => typeTests[type]!);
  const [only] = tests;
  if (tests.length === 1) return (value, path, out) => only!(value) || fail(value, path, expected, out);
  return (value, path, out) => tests.some((test) => test(value)) || fail(value, path, expected, out);
}
