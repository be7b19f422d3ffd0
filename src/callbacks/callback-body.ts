import { show } from '../base/show.ts';
import { formatSize } from '../base/units.ts';
import { stringifyJson } from '../base/json.ts';
import type { Compiler } from '../model/index.ts';
import { asText, filled, Unfit, type Value } from '../replies/value.ts';
import { anything, dynamic, DynamicText, mapOf, optional, text, valueKind } from '../shapes/index.ts';

/** Bytes that a callback may carry. */
const longestBody = 10_000_000;

/** The kinds of body of a callback: its shape, its media type, and how a filled value is written. */
export const bodyKinds = {
  json: { shape: anything('JSON to send; numbers keep their digits.'), type: 'application/json', write: (value: unknown) => stringifyJson(value) },
  form: { shape: dynamic(mapOf(anything(), { expected: 'a map from field names to values', about: 'Fields of a form to send, URL-encoded; a list gives a field several times, null leaves it out.' })), type: 'application/x-www-form-urlencoded', write: writeForm },
  text: { shape: text({ about: 'Text to send.' }), type: 'text/plain; charset=utf-8', write: asText },
  xml: { shape: text({ about: 'An XML document to send.' }), type: 'application/xml; charset=utf-8', write: asText },
} as const;

export type BodyKey = keyof typeof bodyKinds;
export const bodyKeys = Object.keys(bodyKinds) as readonly BodyKey[];

export const bodyFields = {
  json: optional(bodyKinds.json.shape),
  form: optional(bodyKinds.form.shape),
  text: optional(bodyKinds.text.shape),
  xml: optional(bodyKinds.xml.shape),
};

/** The body as text. Null after a mistake. */
export function compileBody(key: BodyKey, value: unknown, compiler: Compiler): Value<string> | null {
  const source = value instanceof DynamicText ? value.source : value;
  return filled(source, compiler.at(key), (one) => bounded(bodyKinds[key].write(one)));
}

function bounded(body: string): string {
  if (body.length <= longestBody && Buffer.byteLength(body) <= longestBody) return body;
  throw new Unfit('The body of a callback is too large', `at most ${formatSize(longestBody)}`, formatSize(Buffer.byteLength(body)));
}

function writeForm(value: unknown): string {
  if (valueKind(value) !== 'map') throw new Unfit('This is no form', 'a map from field names to values', show(value));
  const fields = new URLSearchParams();
  for (const [name, given] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    for (const one of Array.isArray(given) ? given : [given]) if (one !== null && one !== undefined) fields.append(name, asText(one));
  }
  return fields.toString();
}
