import { isAbsolute, relative, resolve } from 'node:path';
import { createColors } from 'picocolors';
import { byPlace, formatMistake, publishedMistake, type Diagnostic } from '../base/diagnostic.ts';
import { formatPlace } from '../base/place.ts';
import { openFixtures } from '../files/fixtures.ts';
import { findSources } from '../files/sources.ts';
import type { Plan } from '../model/index.ts';
import { loadScenarios } from '../scenario/load-scenarios.ts';

export interface CheckOptions {
  readonly format: 'text' | 'json' | 'github';
  /** Folder of the fixtures. */
  readonly fixtures: string;
  readonly strict: boolean;
}

/** Where a command writes: each call is handed on as it is. */
export interface CheckOutput {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly color: boolean;
  /** Of the process; absent: nothing is known of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** `rehearsal check`: finds every mistake in the scenarios under the given files and folders. Gives the exit code: 1 if there is any. */
export async function checkCommand(paths: readonly string[], options: CheckOptions, output: CheckOutput): Promise<0 | 1> {
  const found = findSources(paths, { exclude: [options.fixtures] });
  const loaded = await loadScenarios(found.sources, { fixtures: openFixtures(options.fixtures), strict: options.strict });
  const diagnostics = [...found.diagnostics, ...loaded.diagnostics].sort(byPlace);
  if (found.sources.length === 0 && diagnostics.length === 0) diagnostics.push(nothingFound(paths));
  output.stdout(formats[options.format](diagnostics, output));
  if (diagnostics.length > 0 && options.format !== 'json') output.stderr(`${summary(diagnostics)}\n`);
  if (loaded.plan && diagnostics.length === 0 && options.format === 'text') output.stdout(`${contents(loaded.plan)}: no mistakes\n`);
  return diagnostics.length > 0 ? 1 : 0;
}

type Format = (diagnostics: readonly Diagnostic[], output: CheckOutput) => string;

const formats: Readonly<Record<CheckOptions['format'], Format>> = {
  text(diagnostics, { color }) {
    const { bold } = createColors(color);
    return diagnostics.map((diagnostic) => `${bold(formatPlace(diagnostic))} ${formatMistake(diagnostic)}\n`).join('');
  },
  json: (diagnostics) => `${JSON.stringify(diagnostics.map(publishedMistake), null, 2)}\n`,
  github: (diagnostics, { env }) => diagnostics.map((diagnostic) => `${annotation({ ...diagnostic, file: inWorkspace(diagnostic.file, env?.['GITHUB_WORKSPACE']) })}\n`).join(''),
};

/** A workflow command of GitHub Actions, escaped as its runner reads it. */
function annotation(diagnostic: Diagnostic): string {
  const { file, line, column, code } = diagnostic;
  return `::error file=${escapeProperty(file)},line=${line},col=${column},title=${escapeProperty(code)}::${escapeData(formatMistake(diagnostic))}`;
}

/** GitHub reads the names of files from the top of the repository, wherever in it the job works. */
function inWorkspace(file: string, workspace: string | undefined): string {
  if (workspace === undefined || workspace === '') return file;
  const path = relative(workspace, resolve(file));
  return path.startsWith('..') || isAbsolute(path) ? file : path.replaceAll('\\', '/');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function summary(diagnostics: readonly Diagnostic[]): string {
  return `${counted(diagnostics.length, 'mistake')} in ${counted(new Set(diagnostics.map(({ file }) => file)).size, 'file')}`;
}

function contents(plan: Plan): string {
  const routes = plan.roots.reduce((sum, name) => sum + (plan.scenarios.get(name)?.routes.length ?? 0), 0);
  return `${counted(plan.scenarios.size, 'scenario')}, ${counted(routes, 'route')}`;
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function nothingFound(paths: readonly string[]): Diagnostic {
  return { file: paths[0] ?? '.', line: 1, column: 1, code: 'no-scenarios', message: 'There is no scenario file here', expected: 'files that end in .yaml or .yml', fix: '`rehearsal init` writes a first one' };
}
