import { isNumeric, stringifyJson } from '../base/json.ts';
import { makePattern } from '../matchers/values/pattern.ts';
import type { Collection, Route, Scenario } from '../model/index.ts';
import type { AskedBody } from '../scenario/asked-bodies.ts';
import { sampleValue, type MakeValue } from './sample-value.ts';

/** A map of names to whatever. */
type Members = Readonly<Record<string, unknown>>;

/** The arguments of curl that send what a route asks of a body, not quoted; none when it asks for nothing. */
export async function bodyArguments(asked: AskedBody, { method }: Pick<Route, 'method'>, { memory }: Pick<Scenario, 'memory'>, make: MakeValue): Promise<readonly string[]> {
  switch (asked.kind) {
    case 'none': return [];
    case 'upload': return ['-F', 'file=@report.zip'];
    case 'names': return jsonArguments(Object.fromEntries(asked.names.map((name) => [name, 'text'])));
    case 'row': {
      const row = await sampleRow(asked, memory?.collections.get(asked.collection) ?? null, make);
      return jsonArguments(method === 'PATCH' ? Object.fromEntries(Object.entries(row).slice(0, 1)) : row);
    }
    case 'matchers': return argumentsOf(asked.asked, make);
  }
}

async function argumentsOf({ multipart, json, schema, form, text, xpath, contentType }: Members, make: MakeValue): Promise<readonly string[]> {
  const type = typeof contentType === 'string' && !contentType.includes('*') ? contentType : undefined;
  if (multipart !== undefined) return (await Promise.all(Object.entries({ ...(form as object | undefined), ...(multipart as object) }).map(([name, part]) => partArguments(name, part, make)))).flat();
  if (json !== undefined || schema !== undefined) return jsonArguments(await sampleJson(json, schema, make), type);
  if (form !== undefined) return (await Promise.all(Object.entries(form as object).map(([name, value]) => fieldArguments(name, value, make)))).flat();
  const body = xpath === undefined ? String((await sampleValue(text, make)) ?? 'text') : '<root/>';
  return ['-H', `Content-Type: ${type ?? (xpath === undefined ? 'text/plain' : 'application/xml')}`, '--data-raw', body];
}

/** What both a pattern and a schema ask for. */
async function sampleJson(json: unknown, schema: unknown, make: MakeValue): Promise<unknown> {
  const bySchema = schema === undefined ? undefined : (await make(schema))?.value;
  const byPattern = await sampleValue(json, make);
  if (isMap(bySchema) && isMap(byPattern)) return { ...bySchema, ...byPattern };
  return byPattern ?? bySchema ?? {};
}

async function partArguments(name: string, part: unknown, make: MakeValue): Promise<readonly string[]> {
  if (!isMap(part)) return ['-F', `${name}=${String(part)}`];
  const { filename, type, text, json, schema, present } = part;
  if (present === false) return [];
  const isField = filename === undefined && (text !== undefined || json !== undefined || schema !== undefined);
  if (isField) return ['-F', `${name}=${text === undefined ? stringifyJson(await sampleJson(json, schema, make)) : String(await sampleValue(text, make))}`];
  return ['-F', `${name}=@${fileName(await sampleValue(filename, make), filename)}${typeof type === 'string' && !type.includes('*') ? `;type=${type}` : ''}`];
}

const usualFiles = ['report.zip', 'report.csv', 'report.json', 'report.txt', 'report.pdf', 'report.xml'];

/** A name such as people have: one that fits, where the test says only how it ends. */
function fileName(sample: unknown, test: unknown): string {
  const { matches, endsWith, ignoreCase } = (isMap(test) ? test : {}) as { readonly matches?: string; readonly endsWith?: string; readonly ignoreCase?: true };
  const pattern = matches === undefined ? null : makePattern(matches, ignoreCase ?? false);
  const fits = (name: string): boolean => (endsWith === undefined || name.endsWith(String(endsWith))) && (pattern === null || ('test' in pattern && pattern.test(name)));
  if (matches !== undefined || endsWith !== undefined) return usualFiles.find(fits) ?? (endsWith === undefined ? String(sample) : `report${String(endsWith)}`);
  return sample === undefined ? usualFiles[0]! : String(sample);
}

async function fieldArguments(name: string, value: unknown, make: MakeValue): Promise<readonly string[]> {
  const sample = await sampleValue(value, make);
  return sample === undefined ? [] : ['--data-urlencode', `${name}=${String(sample)}`];
}

/** A row by the schema of the collection, otherwise like its first one; the key is the server's to give, unless each row brings it. */
async function sampleRow({ schema, filled }: Extract<AskedBody, { kind: 'row' }>, collection: Collection | null, make: MakeValue): Promise<Members> {
  const given = [...filled, ...(collection !== null && collection.key.type !== 'given' ? [collection.key.field] : [])];
  const made = schema === undefined ? null : await make(schema, given);
  if (made && isMap(made.value)) return made.value;
  const first = collection === null ? undefined : [...collection.seed.entries()][0]?.[1];
  return Object.fromEntries(Object.entries(first ?? {}).filter(([name]) => !given.includes(name)));
}

function jsonArguments(value: unknown, type = 'application/json'): readonly string[] {
  return ['-H', `Content-Type: ${type}`, '--data-raw', stringifyJson(value)];
}

function isMap(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumeric(value);
}
