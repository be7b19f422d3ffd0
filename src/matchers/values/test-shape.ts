import { isNumeric } from '../../base/json.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { Path } from '../../base/place.ts';
import { gotWords, invalid, valueKind, type JsonSchema, type Report, type Shape, type ValueKind } from '../../shapes/index.ts';
import { checkSense, inTicks } from './sense.ts';
import type { Scalar, Test, SizeTest, CountTest } from './test-types.ts';
import { isOperator, isTestMap, operandProblem, operandSchema, operatorsOf, operators, sizeProblem, type Domain, type OperandKind, type OperatorName } from './operators.ts';

const kinds: Readonly<Record<Domain, readonly ValueKind[]>> = {
  text: ['boolean', 'number', 'string', 'map'],
  json: ['null', 'boolean', 'number', 'string', 'list', 'map'],
  size: ['number', 'string', 'map'],
  count: ['number', 'map'],
};

/** A test of text: of a query value, a header, a body as text. What is read is what was written. */
export const textTest: Shape<unknown, Test<Scalar>> = testShape('text', 'textTest', 'a value, or a map of tests such as `{ contains: … }`');
/** A test of bytes, written with units. */
export const sizeTest: Shape<unknown, SizeTest> = testShape('size', 'sizeTest', 'a size such as `20 MB`, or a map of tests such as `{ max: 20 MB }`');
/** A test of a number of things. */
export const countTest: Shape<unknown, CountTest> = testShape('count', 'countTest', 'a whole number, or a map of tests such as `{ min: 1 }`');
/** A JSON value to be contained: literals, maps and lists, with tests at any depth. */
export const jsonTest: Shape<unknown, unknown> = testShape('json', 'jsonTest', 'any value, with tests at any depth');

function testShape<In>(domain: Domain, definition: string, expected: string): Shape<unknown, In> {
  return {
    expected, kinds: kinds[domain],
    parse: (value, path, report) => (checkValue(value, domain, path, report) ? value : invalid),
    jsonSchema(definitions) {
      if (!definitions.has(definition)) {
        definitions.set(definition, {});
        if (domain === 'text' || domain === 'json') countTest.jsonSchema(definitions);
        definitions.set(definition, testSchema(domain, definition));
      }
      return { $ref: `#/$defs/${definition}` };
    },
  };
}

function testSchema(domain: Domain, definition: string): JsonSchema {
  if (domain === 'json') return { description: 'Contained at least: maps by key, lists of the same length in order. A map of nothing but operators is a test.' };
  const properties = Object.fromEntries(operatorsOf(domain).map((name) => [name, operandSchema(name, domain, definition)]));
  const plain: JsonSchema = domain === 'size' ? { type: ['string', 'integer'] } : domain === 'count' ? { type: 'integer', minimum: 0 } : { type: ['string', 'number', 'boolean'] };
  return { anyOf: [plain, { type: 'object', properties, additionalProperties: false, minProperties: 1 }] };
}

/** Whether a value is a well-formed test; what is wrong has been reported then. */
function checkValue(value: unknown, domain: Domain, path: Path, report: Report): boolean {
  if (typeof value === 'string' && value.includes('${{')) return notFilled(path, report);
  if (domain === 'json') return checkJson(value, path, report);
  const kind = valueKind(value);
  if (kind === 'map') return checkTestMap(value as Record<string, unknown>, domain, path, report);
  if (kind === 'null') return wrong(path, report, kinds[domain], value, domain === 'text' ? 'Write `{ present: false }` for a value that must not be there, or `\'\'` for an empty one' : undefined);
  if (kind === 'list') return wrong(path, report, kinds[domain], value, 'Write `{ oneOf: [ … ] }` for one of several values');
  return checkLiteral(value, domain, path, report);
}

function checkLiteral(value: unknown, domain: Domain, path: Path, report: Report): boolean {
  if (typeof value === 'string' && value.includes('${{')) return notFilled(path, report);
  if (domain === 'json') return deepUnfilled(value, path, report);
  if (domain === 'size') {
    const problem = sizeProblem(value);
    if (problem) report(path, { code: 'wrong-value', message: 'Wrong value for a size', ...problem });
    return problem === null;
  }
  if (domain === 'count') return (isNumeric(value) && Number.isInteger(Number(String(value))) && Number(String(value)) >= 0) || wrong(path, report, kinds.count, value);
  return ['string', 'number', 'boolean'].includes(valueKind(value)) || wrong(path, report, kinds.text, value);
}

function checkJson(value: unknown, path: Path, report: Report): boolean {
  if (Array.isArray(value)) return value.map((item, index) => checkValue(item, 'json', [...path, index], report)).every(Boolean);
  if (valueKind(value) !== 'map') return true;
  const map = value as Record<string, unknown>;
  if (isTestMap(map) || looksMistyped(map)) return checkTestMap(map, 'json', path, report);
  return Object.entries(map).map(([key, inner]) => checkValue(inner, 'json', [...path, key], report)).every(Boolean);
}

/** A map that mixes operators with keys which differ from an operator by case, a dash or one letter only: nobody means that literally. */
function looksMistyped(map: Record<string, unknown>): boolean {
  const keys = Object.keys(map);
  const strangers = keys.filter((key) => !isOperator(key));
  return strangers.length < keys.length && strangers.every(isTypoOfOperator);
}

function isTypoOfOperator(key: string): boolean {
  const bare = key.replace(/[-_ ]/g, '').toLowerCase();
  return operatorsOf('json').some((name) => name.toLowerCase() === bare) || (key.length >= 6 && didYouMean(key, operatorsOf('json').filter((name) => name.length >= 6 && Math.abs(name.length - key.length) <= 1)) !== undefined);
}

function checkTestMap(map: Record<string, unknown>, domain: Domain, path: Path, report: Report): boolean {
  const keys = Object.keys(map);
  const known = operatorsOf(domain);
  if (keys.length === 0) {
    report(path, { code: 'empty-test', message: 'A test needs at least one operator', expected: inTicks(known), got: 'an empty map' });
    return false;
  }
  let well = true;
  for (const key of keys) {
    if (isOperator(key) && known.includes(key)) {
      well = checkOperand(key, map[key], domain, [...path, key], report) && well;
      continue;
    }
    const literal = domain === 'json' ? ' For a literal map, write `equals: { … }`' : '';
    const fix = `${didYouMean(key, known) ?? (domain === 'text' && key === 'size' ? 'Did you mean `length`?' : '')}${literal}`.trim();
    report([...path, key], { code: 'unknown-operator', message: `\`${key}\` is not an operator of a test${isOperator(key) ? ' here' : ''}`, expected: `one of ${inTicks(known)}`, got: `\`${key}\``, ...(fix && { fix }) }, 'key');
    well = false;
  }
  return well && checkSense(map as Partial<Record<OperatorName, unknown>>, domain, path, report);
}

function checkOperand(name: OperatorName, value: unknown, domain: Domain, path: Path, report: Report): boolean {
  if (typeof value === 'string' && value.includes('${{')) return notFilled(path, report);
  switch (operators[name].operand as OperandKind) {
    case 'literal': return value === null && domain !== 'json' ? wrong(path, report, kinds[domain], value) : checkLiteral(value, domain, path, report);
    case 'value': return checkValue(value, domain, path, report);
    case 'part': return domain === 'json' ? checkValue(value, domain, path, report) : checkLiteral(value, domain, path, report);
    case 'count': return checkValue(value, 'count', path, report);
    case 'literals':
      if (!Array.isArray(value) || value.length === 0) {
        report(path, { code: 'wrong-kind', message: 'Wrong kind of value for `oneOf`', expected: 'a list of at least 1', got: Array.isArray(value) ? 'an empty list' : gotWords(value) });
        return false;
      }
      return value.map((item, index) => checkLiteral(item, domain, [...path, index], report)).every(Boolean);
    default: {
      const problem = operandProblem(name, value, domain);
      if (problem) report(path, { code: 'wrong-value', message: `Wrong value for \`${name}\``, ...problem });
      return problem === null;
    }
  }
}

function deepUnfilled(value: unknown, path: Path, report: Report): boolean {
  if (typeof value === 'string') return !value.includes('${{') || notFilled(path, report);
  if (Array.isArray(value)) return value.map((item, index) => deepUnfilled(item, [...path, index], report)).every(Boolean);
  if (valueKind(value) !== 'map') return true;
  return Object.entries(value as object).map(([key, inner]) => deepUnfilled(inner, [...path, key], report)).every(Boolean);
}

/** Matchers are worked out at load, so that a route's rules can be told apart quickly. */
function notFilled(path: Path, report: Report): false {
  report(path, { code: 'not-filled', message: 'Matchers are not filled: `${{ … }}` has no meaning here', expected: 'a plain value or a test', got: 'an expression', fix: 'Use the matcher `if`, such as `if: query.id == headers["x-id"]`' });
  return false;
}

function wrong(path: Path, report: Report, expected: readonly ValueKind[], value: unknown, fix?: string): false {
  const words: Readonly<Record<ValueKind, string>> = { null: 'nothing', boolean: 'true or false', number: 'a number', string: 'text', list: 'a list', map: 'a map of tests' };
  const key = path.findLast((step) => typeof step === 'string');
  report(path, { code: 'wrong-value', message: key === undefined ? 'Wrong value' : `Wrong value for \`${key}\``, expected: expected.map((kind) => words[kind]).join(', ').replace(/, ([^,]*)$/, ' or $1'), got: gotWords(value), ...(fix && { fix }) });
  return false;
}
