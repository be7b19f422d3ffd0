import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { settingsOfFile } from '../../src/cli/start-options.ts';
import { openFixtures } from '../../src/files/fixtures.ts';
import { loadScenarios } from '../../src/scenario/index.ts';
import { differences, isLike, settled } from './compare.ts';
import { ask } from '../support/client.ts';
import { says } from '../support/program.ts';
import { blocksOf, page, replaceTable, root, tableNames, tableOf, type Block } from './page.ts';
import { openProject, type Project } from './project.ts';
import { keysOf, tables } from './tables.ts';

/*
 * The README is true: its commands are run in order in a project as a reader has it, against a server that is really
 * started, and what it shows as their output is compared (`…` stands for anything). Its scenarios are loaded, its client
 * programs run, its tables are those of the source. UPDATE_README=1 writes the tables anew: read what changed.
 */
const blocks = blocksOf(page);
const update = process.env['UPDATE_README'] === '1';

/** Commands that the project's own run carries out (or that take minutes), each as it stands on the page. */
const runElsewhere: readonly RegExp[] = [
  /^npm ci && npm (start|test)$/, /^npm (test|pack)$/, /^npm run (build|lint|bench)( -- --quick)?$/, /^npm run test:(image|console)$/, /^docker (build|run|compose) /,
  /^npm install \S*rehearsal-\d+\.\d+\.\d+\.tgz$/, /^(UPDATE_\w+=1 )?npx vitest run --config test\/vitest\.config\.ts test\/\w+$/,
];

let project: Project;
beforeAll(async () => {
  project = await openProject();
});
afterAll(() => project.close());

describe('every block of the README', () => {
  blocks.forEach((block, index) => {
    const name = `line ${block.line}, ${block.section}: ${block.language} ${firstLine(block)}`;
    const shown = blocks.slice(index + 1, index + 2).find((next) => next.follows && next.info === '' && ['text', 'json', 'html'].includes(next.language));
    switch (block.language) {
      case 'sh': return block.text.split('\n').every(isRunElsewhere) ? test(name, () => isThere(block, shown)) : test(name, (context) => runs(block, shown, (reason) => context.skip(reason)));
      case 'yaml': return test(name, () => yamlHolds(block));
      case 'js': case 'ts': case 'python': case 'java': return test(name, () => project.write(namedFile(block)!, block.text));
      case 'text': return block.info === 'server' ? test(name, () => isSaid(block)) : test(name, () => isShown(block, index));
      case 'json': case 'html': return test(name, () => isShown(block, index));
      default: return test(name, () => expect.fail(`README.md:${block.line}: nothing is known of \`${block.language}\` blocks`));
    }
  });
});

/** A block of output belongs to the command right above it, or nobody would notice when it is no longer true. */
function isShown(block: Block, index: number): void {
  expect(block.follows && blocks[index - 1]?.language === 'sh', `README.md:${block.line} shows output, and no command stands right above it`).toBe(true);
}

async function runs(block: Block, shown: Block | undefined, skip: (reason: string) => void): Promise<void> {
  const lacking = whatLacks(block.text);
  if (lacking !== null) return skip(`${lacking} is not installed here`);
  const foreground = !block.text.includes('\n') && /^(\w+=\S+ )*(npm start|npx rehearsal start)\b[^&]*$/.test(block.text);
  const { code, stdout, stderr } = foreground ? await project.start(block.text) : await project.run(block.text);
  expect(`exit ${code}`, `${stdout}${stderr}`).toBe(block.info || 'exit 0');
  if (shown) compare(stdout, shown);
}

function compare(got: string, shown: Block): void {
  if (shown.language === 'json' && isJson(got) && isJson(shown.text)) return expect(differences(JSON.parse(settled(got)), JSON.parse(settled(shown.text))), got).toEqual([]);
  if (!isLike(got, shown.text)) expect(got, `README.md:${shown.line} shows something else`).toBe(shown.text);
}

/** What the server says at its terminal; each line of the block is one of its own, in any order. */
async function isSaid(block: Block): Promise<void> {
  const { server } = project;
  const missing = (): readonly string[] => block.text.split('\n').filter((line) => !server.stderr().split('\n').some((one) => isLike(one, line)));
  const given = new Promise<void>((resolve) => setTimeout(resolve, 5000).unref());
  await Promise.race([says(server, () => missing().length === 0), given]);
  expect(missing(), `the server said\n${server.stderr()}`).toEqual([]);
}

async function isThere(block: Block, shown: Block | undefined): Promise<void> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  for (const [, run, script] of block.text.matchAll(/npm (run )?([\w:]+)/g)) {
    if (run || script === 'start' || script === 'test') expect(Object.keys(scripts)).toContain(script);
  }
  for (const [path] of block.text.matchAll(/\btest\/\S+/g)) expect(existsSync(join(root, path)), path).toBe(true);
  if (!shown) return;
  await says(project.server, () => project.server.stdout() !== '');
  compare(project.server.stdout(), shown);
}

async function yamlHolds(block: Block): Promise<void> {
  const name = namedFile(block);
  const shown: Readonly<Record<string, string>> = { 'compose.yaml': 'compose.yaml', '.github/workflows/test.yml': 'github.yml', '.gitlab-ci.yml': 'gitlab-ci.yml' };
  if (name && Object.hasOwn(shown, name)) return expect(`${block.text.split('\n').slice(1).join('\n')}\n`).toBe(readFileSync(join(root, 'test/docker', shown[name]!), 'utf8'));
  if (name === 'prometheus.yml') return void parse(block.text);
  if (name === 'rehearsal.config.yaml') return void settingsOfFile(parse(block.text), name);
  if (block.info === 'mistakes') return project.write(name!, block.text);
  const text = block.info === 'fragment' ? inScenario(block.text) : block.text;
  const siblings = text.includes('extends:') ? parents(block) : [];
  const { diagnostics } = await loadScenarios([{ file: name ?? 'README.md', text }, ...siblings], { fixtures: openFixtures(join(project.folder, 'fixtures')), strict: false });
  expect(diagnostics.map(formatDiagnostic), text).toEqual([]);
  if (name) await project.write(name, block.text);
}

/** The scenarios that stand on the page above, or in the project, for one that extends them. */
function parents(block: Block): readonly { file: string; text: string }[] {
  const wanted = /^extends: ([\w-]+)/m.exec(block.text)![1]!;
  const above = blocks.find((one) => one.language === 'yaml' && one.line < block.line && new RegExp(`^scenario: ${wanted}\\b`, 'm').test(one.text));
  return [above ? { file: namedFile(above)!, text: above.text } : { file: 'cleaner.yaml', text: readFileSync(join(root, `scenarios/cleaner/${wanted}.yaml`), 'utf8') }];
}

/** A piece of a scenario, put where its keys belong: at the top, in a rule or in a reply. */
function inScenario(text: string): string {
  const first = Object.keys(parse(text) as object)[0] ?? '';
  const indented = text.split('\n').map((line) => `    ${line}`).join('\n');
  if (['base', 'strict', 'state', 'vars', 'collections', 'auth', 'before', 'routes', 'resources', 'errors'].includes(first)) return `scenario: fragment\nroutes: {}\n${text}`;
  if (['name', 'when', 'expect', 'respond', 'once', 'repeat'].includes(first)) return `scenario: fragment\nroutes:\n  ANY /:\n${indented}`;
  const reply = parse(`x:\n${indented}`) as object;
  return `scenario: fragment\nroutes:\n  ANY /:\n    respond: ${JSON.stringify(Object.values(reply)[0])}`;
}

/** The file that a block is, by the comment in its first line: `# scenarios/hello.yaml`, `// tasks.mjs`. */
function namedFile(block: Block): string | null {
  return /^(?:#|\/\/) ([\w./-]+\.\w+)$/.exec(firstLine(block))?.[1] ?? null;
}

function firstLine(block: Block): string {
  return block.text.split('\n', 1)[0]!;
}

function isRunElsewhere(line: string): boolean {
  const command = line.replace(/\s+#.*$/, '').trim();
  return command === '' || runElsewhere.some((known) => known.test(command));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The runtime that a block needs and this machine has not; null when all is there. */
function whatLacks(script: string): string | null {
  const program = (name: string, ...args: string[]): boolean => {
    try {
      return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }) !== '';
    } catch {
      return false;
    }
  };
  if (/\bjava \S/.test(script) && !program('java', '--list-modules')) return 'Java';
  if (/\bjava \S/.test(script) && !execFileSync('java', ['--list-modules'], { encoding: 'utf8' }).includes('jdk.compiler')) return 'a JDK';
  if (/^sqlite3 /m.test(script) && !program('sqlite3', '-version')) return 'sqlite3';
  if (/\bpython3\b/.test(script) && !program('python3', '--version')) return 'Python';
  const source = /\bpython3 (\S+\.py)/.exec(script)?.[1];
  const imports = source && existsSync(join(project.folder, source)) ? readFileSync(join(project.folder, source), 'utf8') : '';
  if (/^import requests$/m.test(imports) && !program('python3', '-c', 'import requests; print(1)')) return "Python's requests";
  return null;
}

describe('what the README says of the source', () => {
  test.each(Object.keys(tables))('the table of %s is that of the source', (name) => {
    if (update) replaceTable(name, tables[name]!());
    else expect(tableOf(name), 'UPDATE_README=1 writes it anew').toBe(tables[name]!());
  });

  test('every table that is marked as made from the source is one', () => {
    expect(tableNames().filter((name) => !Object.hasOwn(tables, name))).toEqual([]);
  });

  test('the table of the admin API has every endpoint, and no other', async () => {
    const { paths } = (await ask(project.server, '/_rehearsal/openapi.json')).json() as { paths: Record<string, Record<string, unknown>> };
    const methods = ['get', 'put', 'post', 'delete', 'patch'];
    const built = Object.entries(paths).flatMap(([path, item]) => methods.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path.replace(/^\/_rehearsal/, '')}`));
    const section = /^## Admin API$([^]*?)^## /m.exec(page)![1]!;
    const told = section.split('\n').filter((line) => line.startsWith('| `')).flatMap((line) => [...line.split('|')[1]!.matchAll(/`([A-Z]+ [^`]+)`/g)].map((found) => found[1]!));
    expect(told.sort()).toEqual(built.sort());
  });

  test.each([['Resources', 'resource'], ['Callbacks', 'callback']])('the table of %s has every key, and no other', (heading, name) => {
    const section = new RegExp(`^##+ ${heading}$([^]*?)^##`, 'm').exec(page)![1]!;
    const rows = new RegExp(`^\\| key of a ${name} \\|.*\n.*\n((?:\\|.*\n)*)`, 'm').exec(section)![1]!.trimEnd().split('\n');
    expect(rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`(\w+)`/g)].map((found) => found[1]!)).sort()).toEqual([...keysOf(name)].sort());
  });

  test('every file that it links to or names is there', () => {
    const links = [...page.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((found) => found[1]!);
    const named = [...page.matchAll(/`((?:src|test|scenarios|fixtures|\.ci)\/[\w./-]*|\.oxlintrc\.json|tsconfig\.json)`/g)].map((found) => found[1]!);
    const written = new Set(blocks.map(namedFile));
    expect([...links, ...named].filter((path) => !existsSync(join(root, path)) && !written.has(path))).toEqual([]);
  });

  test('every link to a section finds it', () => {
    const anchors = new Set([...page.matchAll(/^#+ (.*)$/gm)].map((found) => found[1]!.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-')));
    expect([...page.matchAll(/\]\(#([^)]+)\)/g)].map((found) => found[1]!).filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });

  test('the rooms stand in the order that the lint holds', () => {
    const rows = [...page.matchAll(/^\| `(\w+)\/`(?:, `(\w+)\/`)*.* \|/gm)].map((found) => [...found[0].split('|')[1]!.matchAll(/`(\w+)\/`/g)].map((room) => room[1]!));
    const order = rows.flat();
    const { overrides } = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')) as { overrides: readonly { files: readonly string[]; rules: Record<string, [string, { patterns: readonly { group: readonly string[] }[] }]> }[] };
    for (const { files, rules } of overrides) {
      const room = /^src\/(\w+)\//.exec(files[0]!)?.[1];
      if (room === undefined || !rules['no-restricted-imports']) continue;
      const barred = rules['no-restricted-imports'][1].patterns.flatMap(({ group }) => group).flatMap((pattern) => /\*\*\/(\w+)\//.exec(pattern)?.[1] ?? []);
      const row = rows.findIndex((rooms) => rooms.includes(room));
      const later = [...rows[row]!.filter((other) => other !== room), ...rows.slice(row + 1).flat()];
      expect({ room, free: later.filter((other) => !barred.includes(other)) }).toEqual({ room, free: [] });
    }
    expect(order.filter((room) => !existsSync(join(root, 'src', room)))).toEqual([]);
  });
});
