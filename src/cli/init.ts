import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentProblem, UsageProblem } from '../base/problems.ts';
import { makeFolder } from '../files/make-folder.ts';
import type { Io } from './io.ts';

const scenario = `# A first scenario. Edit it while the server runs: a saved change is live at once.
scenario: hello
summary: One task, a file to download for it, and a report that passes.
base: /api

routes:
  GET /tasks:
    respond:
      json:
        tasks:
          - { id: 1, name: say hello }

  GET /tasks/download:
    - when: { query: { id: 1 } }
      respond: { file: tools.zip }          # from fixtures/
    - respond:
        status: 404
        json: { error: 404, message: resource not found, success: false }

  POST /tasks/report:
    expect:
      multipart:
        file: { filename: { matches: '\\.zip$' }, size: { max: 20 MB } }
    respond:
      json: { id: 1, status: PASSED }
`;

const variation = `scenario: hello-no-tasks    # takes the place of \`hello\` when it is selected
extends: hello
summary: The list is empty.

routes:
  GET /tasks:
    respond: { json: { tasks: [] } }
`;

const workflow = `# Runs the tests against Rehearsal, and fails when they ask for what it does not answer.
name: rehearsal
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
      - run: npm ci # \`rehearsal\` is among the devDependencies
      - run: node_modules/.bin/rehearsal check --format github
      # Put your own tests behind the \`--\`: they find the server at $REHEARSAL_URL and trust it.
      - run: node_modules/.bin/rehearsal run --junit rehearsal.xml --summary "$GITHUB_STEP_SUMMARY" -- sh -c 'curl --fail "$REHEARSAL_URL/api/tasks"'
`;

/** `rehearsal init`: a first scenario, its fixture and a CI snippet. Never writes over what is there. */
export async function initCommand(dir: string, io: Io): Promise<number> {
  const files: readonly (readonly [string, string | Buffer])[] = [
    ['scenarios/hello.yaml', scenario],
    ['scenarios/hello-no-tasks.yaml', variation],
    ['fixtures/tools.zip', await toolsArchive()],
    ['.github/workflows/rehearsal.yml', workflow],
    ['.gitignore', 'certs/\nready.json\n'],
  ];
  refuseIfTaken(dir, files.map(([name]) => name));
  for (const [name, content] of files) {
    const path = join(dir, name);
    try {
      makeFolder(dirname(path));
      await writeFile(path, content, { flag: 'wx' });
    } catch (error) {
      throw new EnvironmentProblem(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`, 'Name a folder that can be written');
    }
    io.stdout(`wrote ${path}\n`);
  }
  io.stdout(`\nNext:${dir === '.' ? '' : ` cd ${dir} &&`} rehearsal start, then edit scenarios/hello.yaml\n`);
  return 0;
}

function refuseIfTaken(dir: string, names: readonly string[]): void {
  if (!existsSync(dir)) return;
  const taken = names.filter((name) => existsSync(join(dir, name)));
  if (taken.length > 0) throw new UsageProblem(`${join(dir, taken[0]!)} is there already`, 'Name an empty folder: `rehearsal init my-rehearsal`');
  const foreign = readdirSync(dir).filter((name) => name.toLowerCase().endsWith('.yaml') || name === 'scenarios');
  if (foreign.length > 0) throw new UsageProblem(`${dir} holds ${foreign[0]} already`, 'Name an empty folder: `rehearsal init my-rehearsal`');
}

async function toolsArchive(): Promise<Buffer> {
  const { ZipFile } = await import('yazl');
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('The tools for the task: nothing but this note.\n'), 'README.txt', { mtime: new Date(Date.UTC(2026, 0, 1)), forceDosTimestamp: true });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
