import { byPlace, type Diagnostic } from '../base/diagnostic.ts';
import { openFixtures } from '../files/fixtures.ts';
import { findSources } from '../files/sources.ts';
import type { Loaded } from '../model/index.ts';
import { loadScenarios } from '../scenario/index.ts';
import type { Settings } from './settings.ts';

/** Thrown at start when the scenarios have mistakes: all of them, sorted by place. */
export class ScenarioMistakes extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(`${diagnostics.length} mistake${diagnostics.length === 1 ? '' : 's'} in the scenarios`);
    this.name = 'ScenarioMistakes';
    this.diagnostics = diagnostics;
  }
}

/** Reads the scenario files as they stand, with those given as data, and compiles them. Never throws for what is in them. */
export async function loadAll(settings: Pick<Settings, 'paths' | 'objects' | 'fixtures' | 'strict'>): Promise<Loaded> {
  const found = findSources(settings.paths, { exclude: [settings.fixtures] });
  const objects = settings.objects.map((value, index) => ({ file: `scenario object ${index + 1}`, value }));
  const loaded = await loadScenarios([...found.sources, ...objects], { fixtures: openFixtures(settings.fixtures), strict: settings.strict });
  const diagnostics = [...found.diagnostics, ...loaded.diagnostics].sort(byPlace);
  return { plan: diagnostics.length > 0 ? null : loaded.plan, diagnostics };
}
