import type { FixtureSource, Loaded } from '../model/index.ts';
import { checkPlan } from './check-plan.ts';
import { PlanCompiler, planOf } from './compile-plan.ts';
import { FilePlaces } from './file-places.ts';
import { Mistakes } from './mistakes.ts';
import { parseFile, type ScenarioFile } from './parse-file.ts';
import { readObject } from './read-object.ts';
import { readQuickly } from './quick-yaml.ts';
import { resolveExtends, type ResolvedScenario } from './resolve-extends.ts';
import { Lines } from './source-tree.ts';
import type { ReadFile, Source } from './source.ts';

export interface LoadOptions {
  readonly fixtures: FixtureSource;
  /** Rules are strict that do not say otherwise, nor their file. */
  readonly strict: boolean;
}

/**
 * Turns scenario files into a plan, or into every mistake in them, sorted by place. Never throws for what a source holds;
 * opens no file but through `fixtures`.
 */
export async function loadScenarios(sources: readonly Source[], options: LoadOptions): Promise<Loaded> {
  const mistakes = new Mistakes();
  const { files, resolved } = await readScenarios(sources, options.strict, mistakes);
  checkPlan(files, resolved, mistakes);
  const pending: Promise<void>[] = [];
  const compiler = new PlanCompiler(files, { mistakes, fixtures: remembering(options.fixtures), pending });
  const scenarios = [...resolved.values()].map((scenario) => compiler.scenario(scenario));
  for (const file of files) {
    const own = resolved.get(file.name ?? '');
    compiler.leftovers(file, own?.own === file ? own : undefined);
  }
  compiler.checkUses(scenarios, mistakes);
  // Work at load may ask for more work: all of it is awaited.
  for (let done = 0; done < pending.length;) {
    const batch = pending.slice(done);
    done = pending.length;
    await Promise.all(batch);
  }
  const diagnostics = mistakes.sorted();
  return { plan: diagnostics.length === 0 ? planOf(scenarios) : null, diagnostics };
}

/** What the sources say, with their parents laid under them, before any of it is compiled. */
export async function readScenarios(sources: readonly Source[], strict: boolean, mistakes: Mistakes): Promise<{ readonly files: readonly ScenarioFile[]; readonly resolved: ReadonlyMap<string, ResolvedScenario> }> {
  const read: ReadFile[] = [];
  for (const source of sources) read.push(await readSource(source, mistakes));
  const files = read.flatMap((one) => parseFile(one, mistakes) ?? []);
  return { files, resolved: resolveExtends(files, namesOutOfReach(sources, read), strict, mistakes) };
}

async function readSource(source: Source, mistakes: Mistakes): Promise<ReadFile> {
  if (!('text' in source)) return { file: source.file, ...readObject(source.file, source.value, mistakes) };
  const { file, text } = source;
  const tree = readQuickly(text);
  if (tree) return { file, value: tree.value, places: new FilePlaces(file, text, new Lines(text), tree) };
  const { readYaml } = await import('./read-yaml.ts');
  return readYaml(file, text, mistakes);
}

/** Names of scenarios that are there but could not be read: to extend one of them is not a mistake of its own. */
function namesOutOfReach(sources: readonly Source[], read: readonly ReadFile[]): ReadonlySet<string> {
  const names = new Set<string>();
  sources.forEach((source, index) => {
    const value = read[index]?.value;
    const given = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['scenario'] : undefined;
    const name = typeof given === 'string' ? given : 'text' in source ? /^scenario:[ \t]*['"]?([^\s'"#]+)/m.exec(source.text)?.[1] : undefined;
    if (name !== undefined) names.add(name).add(name.toLowerCase());
  });
  return names;
}

/** Asks for each fixture once in a load. */
function remembering(fixtures: FixtureSource): FixtureSource {
  const files = new Map<string, ReturnType<FixtureSource['file']>>();
  const folders = new Map<string, ReturnType<FixtureSource['folder']>>();
  return {
    file(name) {
      const known = files.get(name) ?? fixtures.file(name);
      files.set(name, known);
      return known;
    },
    folder(name) {
      const known = folders.get(name) ?? fixtures.folder(name);
      folders.set(name, known);
      return known;
    },
  };
}
