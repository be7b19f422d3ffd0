import { createHash, createHmac } from 'node:crypto';
import { didYouMean } from '../../base/nearest.ts';
import { parseJson, stringifyJson } from '../../base/json.ts';
import { readCsv, writeCsv } from '../csv.ts';
import { Problem, type Run } from '../run.ts';
import { asText, fromData, isMap, kindOfValue, plain, toNumber } from '../values.ts';
import type { FunctionEntry } from './define.ts';

/** Between text, bytes and the formats of the wire. */
export const conversionFunctions: readonly FunctionEntry[] = [
  { name: 'string', signature: 'string(x: any): text', about: 'The value as text, as it stands inside other text: null is empty, lists and maps are JSON, bytes are read as UTF-8.', example: ['string(1.50)', '"1.5"'], call: ([x], run) => text(x, run) },
  { name: 'bool', signature: 'bool(x: any): bool', about: 'True or false of the text `true`, `false`, `1`, `0`.', example: ['bool("true")', 'true'], call: ([x]) => bool(x) },
  { name: 'bytes', signature: 'bytes(x: bytes): bytes', about: 'The bytes of a text in UTF-8.', example: ['size(bytes("é"))', '2'], call: ([x]) => x },
  { name: 'dyn', signature: 'dyn(x: any): any', about: 'The value itself; in CEL it turns off the check of types.', example: ['dyn(1)', '1'], call: ([x]) => x },
  { name: 'type', signature: 'type(x: any): text', about: 'What the value is: `string`, `int`, `double`, `bool`, `null`, `list`, `map`, `timestamp`, `duration` or `bytes`.', example: ['type([1])', '"list"'], call: ([x]) => typeName(x) },
  { name: 'json', signature: 'json(x: any): any', about: 'Reads JSON text; of any other value it writes the JSON text.', example: ['json("{\\"id\\": 7}").id', '7'], cost: 8, call: ([x], run) => (typeof x === 'string' ? readJson(x) : writeJson(x, undefined, run)) },
  { name: 'toJson', signature: 'toJson(x: any, indent?: whole): text', about: 'The value as JSON text.', example: ['toJson({"id": 1})', '"{\\"id\\":1}"'], cost: 8, call: ([x, indent], run) => writeJson(x, indent, run) },
  { name: 'csv', signature: 'csv(x: text, separator?: text): list', about: 'The records of CSV text (RFC 4180) as maps by the names of the header line. Put into a collection they are read as the types of its columns.', example: ['csv("id,name\\n1,Ada")', '[{"id":"1","name":"Ada"}]'], cost: 8, check: ([, separator]) => checkSeparator(separator), call: ([x, separator]) => readCsv(x, oneLetter(separator)) },
  { name: 'toCsv', signature: 'toCsv(x: list, separator?: text): text', about: 'A list of maps as CSV text with a header line.', example: ['toCsv([{"id": 1, "name": "Ada"}])', '"id,name\\r\\n1,Ada\\r\\n"'], cost: 8, check: ([, separator]) => checkSeparator(separator), call: ([x, separator], run) => toCsv(x, oneLetter(separator), run) },
  { name: 'base64', signature: 'base64(x: bytes): text', about: 'Text (as UTF-8) or bytes in base64.', example: ['base64("hello")', '"aGVsbG8="'], call: ([x]) => buffer(x).toString('base64') },
  { name: 'base64url', signature: 'base64url(x: bytes): text', about: 'The same in the alphabet for URLs, without `=`.', example: ['base64url("a?>")', '"YT8-"'], call: ([x]) => buffer(x).toString('base64url') },
  { name: 'base64decode', signature: 'base64decode(x: text): any', about: 'What base64 or base64url text stands for: text when it is UTF-8, else bytes.', example: ['base64decode("aGVsbG8=")', '"hello"'], call: ([x]) => base64decode(x) },
  { name: 'hex', signature: 'hex(x: bytes|number): text', about: 'The bytes of a text, or a whole number, in hexadecimal.', example: ['hex(255)', '"ff"'], call: ([x]) => (x instanceof Uint8Array ? buffer(x).toString('hex') : Number.isInteger(x) || typeof x === 'bigint' ? x.toString(16) : fail('`hex` needs a whole number')) },
  { name: 'urlEncode', signature: 'urlEncode(x: text): text', about: 'The text percent-encoded for a part of a URL.', example: ['urlEncode("a b/ü")', '"a%20b%2F%C3%BC"'], cost: 8, call: ([x]) => encodeURIComponent(x.toWellFormed?.() ?? x) },
  { name: 'urlDecode', signature: 'urlDecode(x: text): text', about: 'Percent-encoded text read; `+` stays `+`.', example: ['urlDecode("a%20b")', '"a b"'], cost: 8, call: ([x]) => urlDecode(x) },
  hash('md5', '"5d41402abc4b2a76b9719d911017c592"'),
  hash('sha1', '"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"'),
  hash('sha256', '"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"'),
  hash('sha512', '"9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043"'),
  {
    name: 'hmac',
    signature: 'hmac(algorithm: text, secret: bytes, x: bytes, encoding?: text): text',
    about: 'The keyed hash of a text, as a signature of a webhook has it: `md5`, `sha1`, `sha256`, `sha384` or `sha512`; in `hex` unless `base64` or `base64url` is asked for.',
    example: ['hmac("sha256", "key", "hello")', '"9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b"'],
    check: ([algorithm, , , encoding]) => oneOf(algorithm, algorithms, 'hash', 0) ?? oneOf(encoding, encodings, 'encoding', 3),
    call: ([algorithm, secret, x, encoding]) => createHmac(known(algorithm, algorithms), secret).update(x).digest(known(encoding ?? 'hex', encodings)),
  },
];

const algorithms = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;
const encodings = ['hex', 'base64', 'base64url'] as const;

function hash(name: 'md5' | 'sha1' | 'sha256' | 'sha512', value: string): FunctionEntry {
  return {
    name,
    signature: `${name}(x: bytes, encoding?: text): text`,
    about: 'The hash of a text (as UTF-8) or of bytes, in `hex` unless `base64` or `base64url` is asked for.',
    example: [`${name}("hello")`, value],
    check: ([, encoding]) => oneOf(encoding, encodings, 'encoding', 1),
    call: ([x, encoding]) => createHash(name).update(x).digest(known(encoding ?? 'hex', encodings)),
  };
}

function known<T extends string>(word: string, words: readonly T[]): T {
  const found = words.find((candidate) => candidate === word.toLowerCase());
  if (found === undefined) throw new Problem(`${JSON.stringify(word.slice(0, 40))} is none of ${words.join(', ')}`);
  return found;
}

function oneOf(word: unknown, words: readonly string[], noun: string, argument: number) {
  if (typeof word !== 'string' || words.includes(word.toLowerCase())) return null;
  return { code: 'bad-argument', message: `There is no ${noun} ${JSON.stringify(word.slice(0, 40))}`, expected: `one of ${words.join(', ')}`, fix: didYouMean(word, words), argument };
}

function fail(reason: string): never {
  throw new Problem(reason);
}

function text(value: unknown, run: Run): string {
  const written = value instanceof Uint8Array ? buffer(value).toString('utf8') : asText(value);
  run.spend(written.length >> 6);
  return written;
}

function bool(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const word = asText(value).toLowerCase();
  if (word === 'true' || word === '1' || word === 't') return true;
  if (word === 'false' || word === '0' || word === 'f') return false;
  throw new Problem(value === null ? '`bool` needs a value, not null' : `${JSON.stringify(word.slice(0, 40))} is neither true nor false`, value === null ? 'missing' : 'failed');
}

function typeName(value: unknown): string {
  const kind = kindOfValue(value);
  switch (kind) {
    case 'text': return 'string';
    case 'number': return typeof toNumber(value) === 'bigint' ? 'int' : 'double';
    case 'time': return 'timestamp';
    default: return kind;
  }
}

function readJson(source: string): unknown {
  try {
    return fromData(parseJson(source));
  } catch (error) {
    throw new Problem(`the text is no JSON: ${error instanceof Error ? error.message.split('\n')[0]!.slice(0, 120) : ''}`);
  }
}

function writeJson(value: unknown, indent: number | undefined, run: Run): string {
  const written = stringifyJson(plain(value), indent === undefined ? undefined : Math.min(Math.max(indent, 0), 10));
  run.spend(written.length >> 4);
  return written;
}

function toCsv(rows: readonly unknown[], separator: string, run: Run): string {
  if (!rows.every(isMap)) throw new Problem('`toCsv` needs a list of maps');
  const written = writeCsv(rows, separator);
  run.spend(written.length >> 4);
  return written;
}

function oneLetter(separator: string | undefined): string {
  if (separator === undefined) return ',';
  if (separator.length !== 1 || /["\r\n]/.test(separator)) throw new Problem('the separator of CSV is one letter such as `;`');
  return separator;
}

function checkSeparator(separator: unknown) {
  if (typeof separator !== 'string' || (separator.length === 1 && !/["\r\n]/.test(separator))) return null;
  return { code: 'bad-argument', message: 'The separator of CSV is one letter', expected: 'one such as `;`', argument: 1 };
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function base64decode(source: string): string | Buffer {
  const compact = source.replace(/\s+/g, '');
  if (!/^[\w+/-]*={0,2}$/.test(compact)) throw new Problem('the text is no base64');
  const bytes = Buffer.from(compact, 'base64');
  const read = bytes.toString('utf8');
  return Buffer.from(read).equals(bytes) ? read : bytes;
}

function urlDecode(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch {
    throw new Problem('the text is not percent-encoded well');
  }
}
