import { didYouMean } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import { isSessionId } from '../engine/address.ts';
import type { JsonSchema } from '../shapes/index.ts';
import { Refusal } from './refusal.ts';

/** One parameter of a query. */
export interface Parameter<T = unknown> {
  readonly about: string;
  /** "a whole number from 1 to 1000": completes "expected …". */
  readonly expected: string;
  readonly schema: JsonSchema;
  /** Undefined: not of this form. */
  read(text: string): T | undefined;
  /** What the bare name, without `=`, means; undefined: a value is needed. */
  readonly bare?: T;
}

export type Parameters = Readonly<Record<string, Parameter<any>>>;
export type Query<P extends Parameters> = { readonly [K in keyof P]?: P[K] extends Parameter<infer T> ? T : never };

/**
 * Reads the query of an admin request. An empty value is as good as none; an unknown name, a name given twice and a value
 * of the wrong form are refused, all of them at once.
 */
export function readQuery<P extends Parameters>(search: string, parameters: P): Query<P> {
  const mistakes: string[] = [];
  const values: Record<string, unknown> = {};
  for (const pair of search.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const text = equals < 0 ? null : decode(pair.slice(equals + 1));
    const parameter = name !== undefined && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (name === undefined || text === undefined) mistakes.push(`${show(pair)} is not well percent-encoded`);
    else if (!parameter) mistakes.push(unknownParameter(name, Object.keys(parameters)));
    else if (Object.hasOwn(values, name)) mistakes.push(`\`${name}\` is given more than once`);
    else {
      const value = text === null ? parameter.bare : text === '' ? undefined : parameter.read(text);
      if (value !== undefined) values[name] = value;
      else if (text !== '') mistakes.push(`\`${name}\`: expected ${parameter.expected}, got ${text === null ? 'no value' : show(text)}`);
    }
  }
  if (mistakes.length > 0) throw new Refusal(400, `The query has ${mistakes.length === 1 ? 'a mistake' : 'mistakes'}: ${mistakes.slice(0, 10).join('; ')}`);
  return values as Query<P>;
}

function unknownParameter(name: string, known: readonly string[]): string {
  const hint = didYouMean(name, known);
  return `\`${show(name)}\` is not a parameter here.${hint ? ` ${hint}` : ''} ${known.length === 0 ? 'There are none' : `There are: ${known.join(', ')}`}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

export const sessionSchema = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' } as const;

export function sessionParameter(about: string): Parameter<string> {
  return { about, expected: '1 to 64 of A-Z a-z 0-9 . _ -', schema: sessionSchema, read: (text) => (isSessionId(text) ? text : undefined) };
}

export function textParameter(about: string, expected = 'text of at most 2,000 letters'): Parameter<string> {
  return { about, expected, schema: { type: 'string', maxLength: 2000 }, read: (text) => (text.length <= 2000 ? text : undefined) };
}

export function flagParameter(about: string): Parameter<boolean> {
  const words: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };
  return { about, expected: '`true` or `false`', schema: { type: 'boolean' }, bare: true, read: (text) => (Object.hasOwn(words, text) ? words[text] : undefined) };
}

export function limitParameter(max: number, usual: number): Parameter<number> {
  return {
    about: 'How many items at most.', expected: `a whole number from 1 to ${max}`, schema: { type: 'integer', minimum: 1, maximum: max, default: usual },
    read: (text) => (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= max ? Number(text) : undefined),
  };
}

export const afterParameter = textParameter('Only what comes after this: the `next` of the page before, or an id.', 'the `next` of the page before, or an id');
