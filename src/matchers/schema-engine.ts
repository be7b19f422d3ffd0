import type { Ajv, Options, str, ValidateFunction } from 'ajv';
import type { Mistake } from '../base/diagnostic.ts';
import { isMultiple } from '../base/json.ts';
import { didYouMean } from '../base/nearest.ts';
import { plainNumbers } from '../base/plain-numbers.ts';
import { show } from '../base/show.ts';
import { allDiffer } from './ordinary-keywords.ts';
import { describeError, drafts, expectedBy, maxErrors, pathOf, type SchemaCheck } from './schema-words.ts';
import { makePattern } from './values/pattern.ts';

type Draft = (typeof drafts)[keyof typeof drafts];
type AjvClass = new (options: Options) => Ajv;

/** Checks the schema itself and compiles it; or says what is wrong with it. Numbers are compared as doubles. */
export async function makeEngineCheck(given: unknown): Promise<SchemaCheck | Mistake> {
  const schema = plainNumbers(given) as Readonly<Record<string, unknown>> | boolean;
  const named = typeof schema === 'object' ? schema.$schema : undefined;
  const draft: Draft | undefined = named === undefined ? '2020' : drafts[String(named).replace(/#$/, '') as keyof typeof drafts];
  if (draft === undefined) return { code: 'wrong-schema', message: 'Unknown draft of JSON Schema', expected: 'draft 7, 2019-09 or 2020-12', got: show(named), fix: 'Write `$schema: https://json-schema.org/draft/2020-12/schema`, or leave it out' };
  const engine = await loadDraft(draft);
  const invalidSchema = engine.checkSchema(schema);
  if (invalidSchema) return invalidSchema;
  return compile(schema, engine);
}

interface Engine {
  readonly Ajv: AjvClass;
  readonly str: typeof str;
  addFormats(ajv: Ajv): void;
  checkSchema(schema: unknown): Mistake | null;
}

const engines = new Map<Draft, Promise<Engine>>();

function loadDraft(draft: Draft): Promise<Engine> {
  let engine = engines.get(draft);
  if (!engine) engines.set(draft, (engine = makeEngine(draft)));
  return engine;
}

/** One instance per draft checks schemas. Each schema is compiled in an instance of its own: names given by `$id` stay its own. */
async function makeEngine(draft: Draft): Promise<Engine> {
  const [module, formats] = await Promise.all([draft === '2020' ? import('ajv/dist/2020.js') : draft === '2019' ? import('ajv/dist/2019.js') : import('ajv'), import('ajv-formats')]);
  const AjvOfDraft = module.default as unknown as AjvClass;
  const addFormats = formats.default as unknown as (ajv: Ajv) => void;
  const checker = new AjvOfDraft({ strict: false, allErrors: true, logger: false });
  addFormats(checker);
  return {
    Ajv: AjvOfDraft, str: module.str, addFormats,
    checkSchema(schema) {
      if (checker.validateSchema(schema as object) === true) return null;
      const error = checker.errors?.[0];
      const path = pathOf(error?.instancePath ?? '', schema).path;
      return { code: 'wrong-schema', message: `The JSON Schema is not valid${path ? ` at \`${path}\`` : ''}`, expected: error ? expectedBy(error) : 'a JSON Schema', got: show(pathOf(error?.instancePath ?? '', schema).value) };
    },
  };
}

/** `ignored` are formats that are not known: JSON Schema says to leave them alone. */
function compile(schema: Readonly<Record<string, unknown>> | boolean, engine: Engine, ignored: readonly string[] = []): SchemaCheck | Mistake {
  const slips: Mistake[] = [];
  const badPatterns: Mistake[] = [];
  try {
    const ajv = new engine.Ajv({
      allErrors: true, strict: false, strictSchema: 'log', validateSchema: false, ownProperties: true, messages: true, verbose: false,
      logger: { log() {}, error() {}, warn: (...words: unknown[]) => slips.push(...slipOf(words.join(' '), known())) },
      code: { regExp: Object.assign((source: string) => linear(source, badPatterns), { code: 'linearPattern' }) },
    });
    engine.addFormats(ajv);
    for (const format of ignored) ajv.addFormat(format, true);
    useLinearUniqueItems(ajv);
    useDecimalMultiples(ajv, engine.str);
    const known = (): readonly string[] => [...Object.keys(ajv.RULES.all), 'definitions'];
    countReferences(ajv);
    const validate = ajv.compile(counting(schema) as object);
    const mistake = badPatterns[0] ?? slips[0];
    if (mistake) return mistake;
    return '$async' in validate ? { code: 'wrong-schema', message: 'A JSON Schema with `$async` cannot be used', fix: 'Take it out' } : (endless(validate) ?? checkWith(validate));
  } catch (error) {
    const format = /^unknown format "([^"]+)"/.exec(error instanceof Error ? error.message : '')?.[1];
    if (format === undefined || ignored.length >= 50) return badPatterns[0] ?? compileMistake(error);
    return slipOf(`unknown format "${format}"`, formatNames)[0] ?? compile(schema, engine, [...ignored, format]);
  }
}

function checkWith(validate: ValidateFunction): SchemaCheck {
  return {
    passes: (value) => withinReferences(() => validate(plainNumbers(value)) === true) === true,
    errors(value) {
      const plain = plainNumbers(value);
      const passed = withinReferences(() => validate(plain) === true);
      if (passed === true) return [];
      if (passed === tooManyReferences) return [{ path: '', expected: 'a value that the schema can be held against', value }];
      return (validate.errors ?? []).slice(0, maxErrors).map((error) => describeError(error, value));
    },
  };
}

function compileMistake(error: unknown): Mistake {
  const message = error instanceof Error ? error.message : String(error);
  const reference = /can't resolve reference (\S+)/.exec(message)?.[1];
  if (reference !== undefined) return { code: 'wrong-schema', message: `The JSON Schema refers to \`${reference}\`, which is not in it`, expected: 'references within the schema, such as `#/$defs/item`', got: `\`${reference}\``, fix: 'Nothing is fetched: copy what is referred to under `$defs`' };
  return { code: 'wrong-schema', message: `The JSON Schema cannot be used: ${message}` };
}

const formatNames = ['date', 'time', 'date-time', 'duration', 'uri', 'uri-reference', 'uri-template', 'url', 'email', 'hostname', 'ipv4', 'ipv6', 'regex', 'uuid', 'json-pointer', 'relative-json-pointer', 'byte', 'int32', 'int64', 'float', 'double', 'password', 'binary', 'iso-time', 'iso-date-time'];

/** A keyword or format that is none, but nearly one, is a slip; others are left alone, as JSON Schema says. */
function slipOf(warning: string, known: readonly string[]): readonly Mistake[] {
  const keyword = /unknown keyword: "([^"]+)"/.exec(warning)?.[1];
  const format = /unknown format "([^"]+)"/.exec(warning)?.[1];
  const word = keyword ?? format;
  if (word === undefined || ['example', 'xml', 'title', 'nullable'].includes(word) || word.startsWith('x-')) return [];
  const fix = didYouMean(word, known);
  return fix === undefined ? [] : [{ code: 'wrong-schema', message: `\`${word}\` is not a ${keyword ? 'keyword' : 'format'} of JSON Schema`, fix }];
}

interface LinearPattern { readonly source: string; test(text: string): boolean; toString(): string }

function linear(source: string, problems: Mistake[]): LinearPattern {
  const made = makePattern(source, false);
  if ('code' in made) {
    problems.push({ ...made, code: 'wrong-schema', message: `${made.message} (in \`pattern\` or \`patternProperties\`)` });
    return { source, test: () => false, toString: () => source };
  }
  return { source, test: (value) => made.test(value), toString: () => source };
}

/** References that one check may follow: two in one place double the work at every level. */
const maxReferences = 200_000;
const tooManyReferences = 'too many references';
const countingWord = 'x-rehearsal-counted';
let referencesLeft = maxReferences;

class TooManyReferences extends Error {}

function withinReferences(check: () => boolean): boolean | typeof tooManyReferences {
  referencesLeft = maxReferences;
  try {
    return check();
  } catch (error) {
    if (error instanceof TooManyReferences) return tooManyReferences;
    throw error;
  }
}

function countReferences(ajv: Ajv): void {
  ajv.addKeyword({
    keyword: countingWord, schema: false, errors: false,
    validate() {
      referencesLeft -= 1;
      if (referencesLeft < 0) throw new TooManyReferences();
      return true;
    },
  });
}

/** The schema with a counter beside each reference. Values (`const`, `enum`, `default`, `examples`) are left as they are. */
function counting(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(counting);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    const counted = ['const', 'enum', 'default', 'examples'].includes(key) ? value : counting(value);
    Object.defineProperty(copy, key, { value: counted, enumerable: true, writable: true, configurable: true });
  }
  const refers = ['$ref', '$dynamicRef', '$recursiveRef'].some((word) => typeof copy[word] === 'string');
  return refers ? { ...copy, [countingWord]: true } : copy;
}

/** The engine's own compares each item with each other: a long list would hold the process. */
function useLinearUniqueItems(ajv: Ajv): void {
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', errors: false, error: { message: 'must have items that all differ' },
    validate: (wanted: boolean, items: readonly unknown[]) => !wanted || allDiffer(items),
  });
}

/** The engine's own divides doubles: 19.99 would be no multiple of 0.01. */
function useDecimalMultiples(ajv: Ajv, text: typeof str): void {
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf', type: 'number', schemaType: 'number', errors: false, before: 'format',
    error: { message: ({ schemaCode }) => text`must be multiple of ${schemaCode}` },
    validate: (of: number, value: number) => isMultiple(value, of),
  });
}

/** A schema that refers to itself without going down never comes to an end. */
function endless(validate: ValidateFunction): Mistake | null {
  try {
    for (const sample of [null, true, 0, '', [], [0], {}, { a: 0 }]) {
      if (withinReferences(() => validate(sample) === true) === tooManyReferences) return { code: 'wrong-schema', message: 'The JSON Schema multiplies its references without bound', expected: `at most ${maxReferences} references followed in one check` };
    }
    return null;
  } catch (error) {
    return { code: 'wrong-schema', message: error instanceof RangeError ? 'The JSON Schema refers to itself without end' : `The JSON Schema cannot be used: ${String(error)}` };
  }
}
