import { schemeKinds } from '../auth/index.ts';
import { changeKinds } from '../changes/index.ts';
import { functionReference, nameReference } from '../expressions/index.ts';
import { faultKinds } from '../faults/index.ts';
import { matcherKinds } from '../matchers/index.ts';
import { operators } from '../matchers/values/operators.ts';
import type { MatcherExample, ReplyExample } from '../model/index.ts';
import { replyKinds } from '../replies/index.ts';
import type { JsonSchema } from '../shapes/index.ts';
import { scenarioJsonSchema } from './file-shape.ts';

/** The reference of the scenario language as Markdown: from the same shapes and kinds that read the files, with their tested examples. */
export function referencePage(): string {
  const schema = scenarioJsonSchema();
  const definitions = schema['$defs'] as Readonly<Record<string, JsonSchema>>;
  const replyOptions = Object.fromEntries(Object.entries(propertiesOf(definitions['reply'])).filter(([key]) => !replyKinds.some((kind) => kind.key === key)));
  return [
    '# Reference of the scenario language\n\nMade from the source: `rehearsal schema` prints the same as a JSON Schema for editors.',
    `## A scenario file\n\n${keyTable(propertiesOf(schema))}\n\nKeys that begin with \`x-\` are ignored: a place for anchors.`,
    `## A rule\n\n${keyTable(propertiesOf(definitions['rule']))}\n\nA rule of \`before\` may also have \`delay\`.`,
    `## Matchers\n\nUnder \`when\` (which rule answers) and \`expect\` (what a correct client sends). All must hold.\n\n${matcherKinds.map((kind) => section(kind.key, kind.about, matcherExamples(kind.key, kind.examples))).join('\n\n')}`,
    `### Tests of a value\n\nA plain value, or a map of operators that must all hold.\n\n${table(['operator', 'holds when'], Object.entries(operators).map(([name, { about }]) => [code(name), about]))}`,
    `## Replies\n\nAt most one body:\n\n${replyKinds.map((kind) => section(kind.key, kind.about, replyExamples(kind.examples))).join('\n\n')}`,
    `### Beside the body\n\n${keyTable(replyOptions)}`,
    `## Changes\n\nUnder \`do\`, in order, all or none. Several keys in one map are several changes.\n\n${changeKinds.map((kind) => section(kind.key, kind.about, yamlExamples(kind.examples))).join('\n\n')}\n\n### Beside a change\n\n${keyTable(withoutKinds(definitions['change'], changeKinds))}`,
    `## Collections\n\nUnder \`collections\`, by name.\n\n${keyTable(propertiesOf(definitions['collection']))}`,
    `## Resources\n\nUnder \`resources\`, by path: the name of a collection, or a map.\n\n${keyTable(propertiesOf(definitions['resource']))}`,
    `## Who may call\n\nUnder \`auth\`, by name.\n\n${schemeKinds.map((kind) => section(kind.key, kind.about, yamlExamples(kind.examples))).join('\n\n')}\n\n### Beside a scheme\n\n${keyTable(withoutKinds(definitions['scheme'], schemeKinds))}`,
    `## Callbacks\n\n${keyTable(propertiesOf(definitions['callback']))}`,
    `## Verifying a run\n\nUnder \`verify\`, a list: calls that clients are to have made when \`rehearsal run\` ends.\n\n${keyTable(propertiesOf(definitions['verification']))}`,
    `## Faults\n\n${faultKinds.map((kind) => section(kind.key, kind.about, kind.examples.map(({ yaml, wire }) => `\`\`\`yaml\nfault: ${yaml}\n\`\`\`\n${wire}`))).join('\n\n')}`,
    `## Expressions\n\n\`\${{ … }}\` in any text of a reply. The expression is CEL.\n\n${table(['name', 'meaning', 'example'], nameReference().map(({ name, about, example }) => [code(name), about, code(example)]))}`,
    `### Functions\n\n${table(['function', 'meaning', 'example', 'gives'], functionReference().map(({ signature, about, example, value }) => [code(signature), about, code(example), code(value)]))}`,
  ].join('\n\n') + '\n';
}

function propertiesOf(schema: JsonSchema | undefined): Readonly<Record<string, JsonSchema>> {
  return (schema?.['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
}

/** What may stand beside the kinds of a map that has one of them. */
function withoutKinds(schema: JsonSchema | undefined, kinds: readonly { readonly key: string }[]): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(propertiesOf(schema)).filter(([key]) => !kinds.some((kind) => kind.key === key)));
}

function yamlExamples(examples: readonly { readonly yaml: string }[]): readonly string[] {
  return examples.map(({ yaml }) => fenced('yaml', yaml));
}

function keyTable(properties: Readonly<Record<string, JsonSchema>>): string {
  return table(['key', 'meaning'], Object.entries(properties).map(([key, schema]) => [code(key), String(describedBy(schema) ?? '')]));
}

/** The words of a schema, or of the first of its alternatives that has some. */
function describedBy(schema: JsonSchema): unknown {
  if (schema['description'] !== undefined) return schema['description'];
  const alternatives = (schema['anyOf'] ?? []) as readonly JsonSchema[];
  return alternatives.map(describedBy).find((words) => words !== undefined);
}

function section(key: string, about: string, examples: readonly string[]): string {
  return `### \`${key}\`\n\n${about}${examples.length > 0 ? `\n\n${examples.join('\n\n')}` : ''}`;
}

function matcherExamples(key: string, examples: readonly MatcherExample[]): readonly string[] {
  return examples.map(({ yaml, request, memory, holds, because }) => {
    const { method = 'GET', url = '/', headers = {}, body } = request;
    const sent = [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), ...(body === undefined ? [] : ['', body])].join('\n');
    const remembered = memory === undefined ? '' : `, where the scenario remembers \`${JSON.stringify(memory)}\``;
    return `${fenced('yaml', yamlOf(key, yaml))}\n${holds ? 'holds for' : `does not hold${because?.length ? ` (${because.join('; ')})` : ''} for`}${remembered}\n${fenced('http', sent)}`;
  });
}

function replyExamples(examples: readonly ReplyExample[]): readonly string[] {
  return examples.map(({ yaml, status, headers, body }) => {
    const answer = [`HTTP/1.1 ${status}`, ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`), ...(body === undefined ? [] : ['', body])].join('\n');
    return `${fenced('yaml', yaml)}\nanswers\n${fenced('http', answer)}`;
  });
}

/** The key with its value: on one line where the value is, else below it. */
function yamlOf(key: string, yaml: string): string {
  return yaml.includes('\n') ? `${key}:\n${yaml.trimEnd().split('\n').map((line) => `  ${line}`).join('\n')}` : `${key}: ${yaml}`;
}

function fenced(language: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
