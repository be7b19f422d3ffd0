import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
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
  matchers: () => table(['matcher', 'holds when'], matcherKinds.map(({ key, about }) => [code(key), about])),
  operators: () => table(['test', 'holds when'], Object.entries(operators).map(([name, { about }]) => [code(name), about])),
  bodies: () => table(['body', 'what is sent', 'example'], replyKinds.map(({ key, about, examples }) => [code(key), about, code(shortest(examples.map(({ yaml }) => yaml)))])),
  'reply keys': () => keys(definition('reply'), (key) => !replyKinds.some((kind) => kind.key === key)),
  faults: () => table(['fault', 'on the wire', 'example'], faultKinds.map(({ key, about, examples }) => [code(key), about, code(`fault: ${examples[0]!.yaml}`)])),
  names: () => table(['name', 'meaning'], nameReference().map(({ name, about }) => [code(name), about])),
  functions: () => table(['example', 'gives'], functionReference().map(({ example, value }) => [code(example), code(value)])),
  options: () => table(['option', 'variable', 'meaning'], startOptions.map((option) => [code(`--${option.name}${option.value === null ? '' : ` ${option.value}`}`), code(variableOf(option)), option.about])),
  variations: () => table(['variation', 'what it does'], cleaner().filter(({ extends: parent }) => parent !== undefined).map(({ scenario, summary }) => [code(scenario), summary])),
  'magic download ids': () => magic('download'),
  'magic report ids': () => magic('report'),
};

interface CleanerFile { readonly scenario: string; readonly summary: string; readonly extends?: string }

function cleaner(): readonly CleanerFile[] {
  const folder = join(root, 'scenarios/cleaner');
  return readdirSync(folder).sort().map((name) => parse(readFileSync(join(folder, name), 'utf8'), { merge: true }) as CleanerFile);
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
