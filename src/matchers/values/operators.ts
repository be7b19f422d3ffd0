import { cheapestNumber, isNumeric } from '../../base/json.ts';
import { parseSize } from '../../base/units.ts';
import { gotWords, valueKind, type JsonSchema } from '../../shapes/index.ts';
import { typeWords, type TypeWord } from './types.ts';

/** What the values at a place are: text (a query, a header), JSON, bytes written with a unit, or a count of things. */
export type Domain = 'text' | 'json' | 'size' | 'count';

/** How an operand must look, by operator. `value` may itself be a test or, in JSON, a literal of any kind. */
export type OperandKind = 'literal' | 'value' | 'part' | 'text' | 'literals' | 'number' | 'count' | 'type' | 'flag' | 'true';

/** Every operator with the kind of its operand and what it says. */
export const operators = {
  equals: { operand: 'literal', domains: ['text', 'json', 'size', 'count'], about: 'The value is exactly this; in JSON also a whole map or list.' },
  not: { operand: 'value', domains: ['text', 'json', 'size', 'count'], about: 'No value passes this; a missing one does not.' },
  contains: { operand: 'part', domains: ['text', 'json'], about: 'The text has this in it; a JSON list has such an item.' },
  startsWith: { operand: 'text', domains: ['text', 'json'], about: 'The text begins with this.' },
  endsWith: { operand: 'text', domains: ['text', 'json'], about: 'The text ends with this.' },
  matches: { operand: 'text', domains: ['text', 'json'], about: 'A regular expression (RE2) is found in the text.' },
  oneOf: { operand: 'literals', domains: ['text', 'json', 'size', 'count'], about: 'The value is one of these.' },
  min: { operand: 'number', domains: ['text', 'json', 'size', 'count'], about: 'At least this.' },
  max: { operand: 'number', domains: ['text', 'json', 'size', 'count'], about: 'At most this.' },
  above: { operand: 'number', domains: ['text', 'json', 'size', 'count'], about: 'More than this.' },
  below: { operand: 'number', domains: ['text', 'json', 'size', 'count'], about: 'Less than this.' },
  length: { operand: 'count', domains: ['text', 'json'], about: 'Letters of a text, items of a list.' },
  type: { operand: 'type', domains: ['text', 'json'], about: 'The type of the value, or one of several.' },
  present: { operand: 'flag', domains: ['text', 'json'], about: 'Whether the value is there at all. `null` in JSON is there.' },
  date: { operand: 'flag', domains: ['text', 'json'], about: 'A date, with or without a time: ISO 8601 or an HTTP date.' },
  ignoreCase: { operand: 'true', domains: ['text', 'json'], about: 'Upper and lower case are the same for the other operators.' },
} as const satisfies Readonly<Record<string, { operand: OperandKind; domains: readonly Domain[]; about: string }>>;

export type OperatorName = keyof typeof operators;
export const operatorNames = Object.keys(operators) as readonly OperatorName[];

export function isOperator(key: string): key is OperatorName {
  return Object.hasOwn(operators, key);
}

/** The operators that a place of this domain takes. */
export function operatorsOf(domain: Domain): readonly OperatorName[] {
  return operatorNames.filter((name) => (operators[name].domains as readonly Domain[]).includes(domain));
}

/** Whether a value is a map of nothing but operator names. */
export function isTestMap(value: unknown): value is Readonly<Record<OperatorName, unknown>> {
  if (valueKind(value) !== 'map') return false;
  const keys = Object.keys(value as object);
  return keys.length > 0 && keys.every(isOperator);
}

/** What is wrong with an operand that stands alone (not a literal or nested test): expected, got and a fix; null when it is well. */
export function operandProblem(name: OperatorName, value: unknown, domain: Domain): { expected: string; got: string; fix?: string } | null {
  const kind = valueKind(value);
  const wrong = (expected: string, fix?: string): { expected: string; got: string; fix?: string } => ({ expected, got: gotWords(value), ...(fix && { fix }) });
  switch (operators[name].operand as OperandKind) {
    case 'text': return kind === 'string' || (kind === 'number' && name !== 'matches') ? null : wrong('text');
    case 'number': return domain === 'size' ? sizeProblem(value) : isNumeric(value) ? null : wrong('a number', typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? 'Take the quotes away' : undefined);
    case 'flag': return kind === 'boolean' ? null : wrong('`true` or `false`');
    case 'true': return value === true ? null : wrong('`true`', value === false ? 'Leave it out: upper and lower case differ as it is' : undefined);
    case 'type': return typeList(value) ? null : wrong(`one of ${typeWords.map((word) => `\`${word}\``).join(', ')}`, domain === 'json' ? 'For a JSON map with the key `type`, write `equals: { type: … }`' : undefined);
    default: return null;
  }
}

/** What is wrong with a size: it must carry its unit. */
export function sizeProblem(value: unknown): { expected: string; got: string; fix?: string } | null {
  if (cheapestNumber(value) === 0 || (typeof value === 'string' && parseSize(value) !== null)) return null;
  return { expected: 'a size with its unit, such as `20 MB` or `1 KiB`', got: gotWords(value), ...(isNumeric(value) && { fix: `Write the unit, such as \`${String(value)} B\`` }) };
}

/** The words of a `type` operand; null when it is none. */
export function typeList(value: unknown): readonly TypeWord[] | null {
  // To YAML, null without quotes is nothing.
  const words = (Array.isArray(value) ? value : [value]).map((word: unknown) => word ?? 'null');
  return words.length > 0 && words.every((word) => typeWords.includes(word as TypeWord)) ? (words as TypeWord[]) : null;
}

/** The published JSON Schema of an operand. */
export function operandSchema(name: OperatorName, domain: Domain, definition: string): JsonSchema {
  const scalar: JsonSchema = domain === 'json' ? {} : domain === 'size' ? { type: ['string', 'integer'] } : domain === 'count' ? { type: 'integer', minimum: 0 } : { type: ['string', 'number', 'boolean'] };
  const schema = ((): JsonSchema => {
    switch (operators[name].operand as OperandKind) {
      case 'literal': case 'part': return scalar;
      case 'value': return { $ref: `#/$defs/${definition}` };
      case 'text': return { type: name === 'matches' ? 'string' : ['string', 'number'] };
      case 'literals': return { type: 'array', items: scalar, minItems: 1 };
      case 'number': return domain === 'size' ? scalar : { type: 'number' };
      case 'count': return { $ref: '#/$defs/countTest' };
      case 'type': return { anyOf: [{ enum: typeWords }, { type: 'array', items: { enum: typeWords }, minItems: 1 }] };
      case 'flag': return { type: 'boolean' };
      case 'true': return { const: true };
    }
  })();
  return { ...schema, description: operators[name].about };
}
