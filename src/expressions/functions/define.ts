import type { Mistake } from '../../base/diagnostic.ts';
import type { Rows } from '../rows.ts';
import { Problem, type Run } from '../run.ts';
import { readDuration, readTime } from '../time.ts';
import { asText, kindOfValue, kindWords, quote, toNumber, type Kind } from '../values.ts';

/**
 * A function of expressions: what the compiler, the reference page and the tests know of it. Each can be called in two
 * ways, `upper(x)` and `x.upper()`.
 */
export interface FunctionEntry {
  readonly name: string;
  /** `padStart(x: text, length: whole, fill?: text): text`; `...` before a name: any number of them. */
  readonly signature: string;
  /** One sentence for the reference page. */
  readonly about: string;
  /** An expression, and the JSON of its value. */
  readonly example: readonly [expression: string, value: string];
  /** It draws from the seeded generator, so its value differs from call to call. */
  readonly draws?: boolean;
  /** It reads the server's clock. */
  readonly clock?: boolean;
  /** How many times as costly as reading its arguments once; 1 unless said. */
  readonly cost?: number;
  /** Looks at the arguments that are written out in the source; undefined stands for one that is not. */
  readonly check?: (args: readonly unknown[]) => (Mistake & { readonly argument: number }) | null;
  /** The same for a collection, when it is the only argument and need not be read whole. */
  readonly ofRows?: (rows: Rows) => unknown;
  /** Arguments have been converted to the kinds of the signature; those left out are undefined. */
  readonly call: (args: readonly any[], run: Run) => unknown;
}

export interface Parameter {
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** A number without a fraction, given as a JavaScript number. */
  readonly whole: boolean;
  readonly optional: boolean;
}

export interface Signature {
  readonly parameters: readonly Parameter[];
  /** The last parameter may be given any number of times. */
  readonly rest: boolean;
  readonly gives: Kind;
  readonly fewest: number;
  readonly most: number;
}

const signatures = new WeakMap<FunctionEntry, Signature>();

/** The signature of an entry, read from its text when it is first asked for. */
export function signatureOf(entry: FunctionEntry): Signature {
  let signature = signatures.get(entry);
  if (!signature) signatures.set(entry, (signature = readSignature(entry.signature)));
  return signature;
}

function readSignature(text: string): Signature {
  const [, list = '', gives = 'any'] = /^\w+\((.*)\): (\w+)$/.exec(text) ?? [];
  const words = list === '' ? [] : list.split(', ');
  const parameters = words.map((word): Parameter => {
    const [, name = '', optional = '', kinds = 'any'] = /^(?:\.\.\.)?(\w+)(\??): ([\w|]+)$/.exec(word) ?? [];
    return { name, kinds: kinds.split('|').map((kind) => (kind === 'whole' ? 'number' : kind) as Kind), whole: kinds === 'whole', optional: optional === '?' };
  });
  const rest = words.at(-1)?.startsWith('...') ?? false;
  return { parameters, rest, gives: gives as Kind, fewest: parameters.filter((parameter) => !parameter.optional).length, most: rest ? Infinity : parameters.length };
}

/** Whether a value of this kind can be given, perhaps after conversion. Text may spell anything. */
export function accepts(parameter: Parameter, kind: Kind): boolean {
  const { kinds } = parameter;
  if (kind === 'any' || kinds.includes('any') || kinds.includes(kind)) return true;
  if (writes(kinds, kind)) return true;
  if (kind === 'text') return kinds.some((wanted) => wanted === 'number' || wanted === 'time' || wanted === 'duration' || wanted === 'bytes');
  return kind === 'number' && kinds.includes('time');
}

/** Converts an argument to what the function takes: numbers to text, decimal text to numbers, ISO 8601 text to times. Throws Problem. */
export function convert(parameter: Parameter, value: unknown, written: string, functionName: string): unknown {
  const { kinds } = parameter;
  const kind = kindOfValue(value);
  const found = kinds.includes('any') || kinds.includes(kind) ? (kind === 'number' && kinds.includes('number') ? toNumber(value) : value) : convertTo(kinds, kind, value);
  if (found === undefined || (parameter.whole && found !== null && !isWhole(found))) {
    const got = value === null ? 'null' : kind === 'text' ? `the text ${quote(value as string)}` : kind === 'number' ? asText(value) : kindWords[kind];
    throw new Problem(`\`${written}\` is ${got}, and \`${functionName}\` needs ${parameterWords(parameter)}`, value === null ? 'missing' : 'failed');
  }
  return parameter.whole ? Number(found) : found;
}

function convertTo(kinds: readonly Kind[], kind: Kind, value: unknown): unknown {
  for (const wanted of kinds) {
    const converted = wanted === 'text' ? (writes(kinds, kind) ? asText(value) : null) : convertOne(wanted, kind, value);
    if (converted !== null) return converted;
  }
  return undefined;
}

function convertOne(wanted: Kind, kind: Kind, value: unknown): unknown {
  switch (wanted) {
    case 'number': return kind === 'text' ? toNumber(value) : null;
    case 'time': return readTime(value);
    case 'duration': return kind === 'text' ? readDuration(value as string) : null;
    case 'bytes': return kind === 'text' ? Buffer.from(value as string) : null;
    default: return null;
  }
}

/** Whether a value of this kind is written out as text. Not where a list would do as well: the letters of a number are nobody's question. */
function writes(kinds: readonly Kind[], kind: Kind): boolean {
  return kinds.includes('text') && !kinds.includes('list') && (kind === 'number' || kind === 'bool' || kind === 'time' || kind === 'duration');
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(typeof value === 'bigint' ? Number(value) : value);
}

/** "a list or text", "a whole number". */
export function parameterWords(parameter: Parameter): string {
  if (parameter.whole) return 'a whole number';
  return parameter.kinds.map((kind) => kindWords[kind]).join(' or ');
}
