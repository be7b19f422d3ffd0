import { byPlace, formatDiagnostic, type Diagnostic } from '../base/diagnostic.ts';
import { openFixtures, type Fixtures } from '../files/fixtures.ts';
import { findSources, type Source } from '../files/sources.ts';
import type { Loaded } from '../model/index.ts';
import { loadScenarios } from '../scenario/index.ts';
import type { Settings } from './settings.ts';

/** Mistakes that the message of the error lists; `diagnostics` has all. */
const mostListed = 20;

/** Thrown at start when the scenarios have mistakes: all of them, sorted by place. */
export class ScenarioMistakes extends Error {
  readonly diagnostics: readonly Diagnostic[];
  /** `2 mistakes in the scenarios`; the message lists them under it. */
  readonly summary: string;
  constructor(diagnostics: readonly Diagnostic[]) {
    const summary = `${diagnostics.length} mistake${diagnostics.length === 1 ? '' : 's'} in the scenarios`;
    super([summary, ...diagnostics.slice(0, mostListed).map((one) => `  ${formatDiagnostic(one)}`), ...(diagnostics.length > mostListed ? ['  …'] : [])].join('\n'));
    this.name = 'ScenarioMistakes';
    this.diagnostics = diagnostics;
    this.summary = summary;
  }
}

type LoadSettings = Pick<Settings, 'paths' | 'objects' | 'fixtures' | 'strict'>;

/** What became of the scenarios, and the files that were read. */
export interface LoadedFiles extends Loaded {
  readonly sources: readonly Source[];
  readonly fixtures: Fixtures;
}

/** Reads the scenario files as they stand, with those given as data, and compiles them. Never throws for what is in them. */
export async function loadAll(settings: LoadSettings): Promise<LoadedFiles> {
  const found = findFiles(settings);
  const objects = settings.objects.map((value, index) => ({ file: `scenario object ${index + 1}`, value }));
  const fixtures = openFixtures(settings.fixtures);
  const loaded = await loadScenarios([...found.sources, ...objects], { fixtures, strict: settings.strict });
  const diagnostics = [...found.diagnostics, ...loaded.diagnostics].sort(byPlace);
  return { plan: diagnostics.length > 0 ? null : loaded.plan, diagnostics, sources: found.sources, fixtures };
}

/** Whether the scenario files and fixtures are no longer what was read. */
export function haveChanged(settings: LoadSettings, read: Pick<LoadedFiles, 'sources' | 'fixtures'>): boolean {
  const { sources } = findFiles(settings);
  return sources.length !== read.sources.length || sources.some(({ file, text }, index) => file !== read.sources[index]!.file || text !== read.sources[index]!.text) || read.fixtures.haveChanged();
}

function findFiles(settings: LoadSettings): ReturnType<typeof findSources> {
  return findSources(settings.paths, { exclude: [settings.fixtures] });
}
