import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { schemeKinds } from '../../src/auth/index.ts';
import { changeKinds } from '../../src/changes/index.ts';
import { startOptions, variableOf } from '../../src/cli/start-options.ts';
import { functionReference, nameReference } from '../../src/expressions/index.ts';
import { faultKinds } from '../../src/faults/index.ts';
import { matcherKinds } from '../../src/matchers/index.ts';
import { operators } from '../../src/matchers/values/operators.ts';
import { replyKinds } from '../../src/replies/index.ts';
import { scenarioJsonSchema } from '../../src/scenario/index.ts';
import { root } from './page.ts';

/** The tables of the page that are made from the source, by name. The test says when one of them is out of step. */
export const tables: Readonly<Record<string, () => string>> = {
  'file keys': () => keys(schema()),
  'rule keys': () => keys(definition('beforeRule')),
  'verification keys': () => keys(definition('verification')),
  matchers: () => table(['matcher', 'holds when'], matcherKinds.map(({ key, about }) => [code(key), about])),
  operators: () => table(['test', 'holds when'], Object.entries(operators).map(([name, { about }]) => [code(name), about])),
  bodies: () => kinds(['body', 'what is sent', 'example'], replyKinds),
  'reply keys': () => keys(definition('reply'), (key) => !replyKinds.some((kind) => kind.key === key)),
  faults: () => table(['fault', 'on the wire', 'example'], faultKinds.map(({ key, about, examples }) => [code(key), about, code(`fault: ${examples[0]!.yaml}`)])),
  'collection keys': () => keys(definition('collection')),
  changes: () => kinds(['change', 'what it does', 'example'], changeKinds),
  schemes: () => kinds(['scheme', 'a caller shows', 'example'], schemeKinds),
  names: () => table(['name', 'meaning'], nameReference().map(({ name, about }) => [code(name), about])),
  functions: () => table(['example', 'gives'], functionReference().map(({ example, value }) => [code(example), code(value)])),
  options: () => table(['option', 'variable', 'meaning'], startOptions.map((option) => [code(`--${option.name}${option.value === null ? '' : ` ${option.value}`}`), code(variableOf(option)), option.about])),
  ...Object.fromEntries(shippedFolders().map((name) => [`${name} variations`, () => variations(name)])),
  'magic download ids': () => magic('download'),
  'magic report ids': () => magic('report'),
};

interface ShippedFile { readonly scenario: string; readonly summary: string; readonly extends?: string }

/** The folders under `scenarios/`: each is an API with a page of its own. */
function shippedFolders(): readonly string[] {
  return readdirSync(join(root, 'scenarios'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function variations(name: string): string {
  const folder = join(root, 'scenarios', name);
  const files = readdirSync(folder).sort().map((file) => parse(readFileSync(join(folder, file), 'utf8'), { merge: true }) as ShippedFile);
  return table(['variation', 'what it does'], files.filter(({ extends: parent }) => parent !== undefined).map(({ scenario, summary }) => [code(scenario), summary]));
}

function magic(kind: 'download' | 'report'): string {
  const listed = JSON.parse(readFileSync(join(root, 'fixtures/cleaner/magic.json'), 'utf8')) as Record<typeof kind, readonly { id: number; status: number | null; what: string }[]>;
  return table(['id', 'status', 'what comes'], listed[kind].map(({ id, status, what }) => [String(id), status === null ? 'none' : String(status), what]));
}

interface Schema { readonly properties?: Readonly<Record<string, Schema>>; readonly description?: string; readonly anyOf?: readonly Schema[]; readonly $defs?: Readonly<Record<string, Schema>> }

function schema(): Schema {
  return scenarioJsonSchema();
}

function definition(name: string): Schema {
  return schema().$defs![name]!;
}

function kinds(head: readonly string[], all: readonly { readonly key: string; readonly about: string; readonly examples: readonly { readonly yaml: string }[] }[]): string {
  return table(head, all.map(({ key, about, examples }) => [code(key), about, code(shortest(examples.map(({ yaml }) => yaml)))]));
}

/** The keys of a map of the language, such as `callback`, without those of its alternatives. */
export function keysOf(name: string): readonly string[] {
  return Object.keys(definition(name).properties!);
}

function keys({ properties = {} }: Schema, wanted: (key: string) => boolean = () => true): string {
  return table(['key', 'meaning'], Object.entries(properties).filter(([key]) => wanted(key)).map(([key, value]) => [code(key), aboutOf(value)]));
}

function aboutOf({ description, anyOf = [] }: Schema): string {
  return description ?? anyOf.map(aboutOf).find((words) => words !== '') ?? '';
}

function shortest(texts: readonly string[]): string {
  return [...texts].map((text) => text.trim()).filter((text) => !text.includes('\n')).sort((a, b) => a.length - b.length)[0] ?? '';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  if (text === '') return '';
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
