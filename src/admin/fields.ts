import { isNumeric } from '../base/json.ts';
import { didYouMean } from '../base/nearest.ts';
import { gotWords } from '../shapes/index.ts';
import { isSessionId } from '../engine/address.ts';
import { Refusal } from './refusal.ts';

const forms = {
  name: { expected: 'text', fits: (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 200 },
  'session or null': { expected: 'null or 1 to 64 of A-Z a-z 0-9 . _ -', fits: (value: unknown): boolean => value === null || (typeof value === 'string' && isSessionId(value)) },
} as const;

type Fields<F> = { readonly [K in keyof F]?: F[K] extends 'session or null' ? string | null : string };

/** The members of a JSON body that are texts, checked all at once. Members beyond these are refused. */
export function readFields<const F extends Readonly<Record<string, keyof typeof forms>>>(body: unknown, fields: F, required: readonly (keyof F)[]): Fields<F> {
  const given = requireMap(body);
  const mistakes = unknownKeys(given, Object.keys(fields));
  for (const [name, form] of Object.entries(fields)) {
    const value = given[name];
    if (!Object.hasOwn(given, name)) {
      if (required.includes(name)) mistakes.push(`\`${name}\` is missing`);
    } else if (!forms[form].fits(value)) mistakes.push(`\`${name}\`: expected ${forms[form].expected}, got ${gotWords(value)}`);
  }
  refuseMistakes(mistakes);
  return given as Fields<F>;
}

/** The body as a JSON object. */
export function requireMap(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body) && !isNumeric(body)) return body as Readonly<Record<string, unknown>>;
  throw new Refusal(400, `The body must be a JSON object, and it is ${body === undefined ? 'empty' : gotWords(body)}`);
}

export function unknownKeys(given: object, known: readonly string[]): string[] {
  return Object.keys(given).filter((key) => !known.includes(key)).slice(0, 10).map((key) => {
    const hint = didYouMean(key, known);
    return `\`${key.slice(0, 64)}\` is not known here.${hint ? ` ${hint}` : ` There are: ${known.join(', ')}`}`;
  });
}

export function refuseMistakes(mistakes: readonly string[]): void {
  if (mistakes.length > 0) throw new Refusal(400, `The body has ${mistakes.length === 1 ? 'a mistake' : 'mistakes'}: ${mistakes.slice(0, 10).join('; ')}`);
}
