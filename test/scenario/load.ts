import { openFixtures } from '../../src/files/fixtures.ts';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import type { Plan } from '../../src/model/index.ts';
import { loadScenarios } from '../../src/scenario/load-scenarios.ts';
import { fileURLToPath } from 'node:url';

export const fixtures = openFixtures(fileURLToPath(new URL('../golden/fixtures', import.meta.url)));

/** Loads scenario texts named a.yaml, b.yaml …; the diagnostics come as the lines that people see. */
export async function load(...texts: readonly string[]): Promise<{ plan: Plan | null; lines: readonly string[] }> {
  const sources = texts.map((text, index) => ({ file: `${String.fromCharCode(97 + index)}.yaml`, text }));
  const { plan, diagnostics } = await loadScenarios(sources, { fixtures, strict: false });
  return { plan, lines: diagnostics.map(formatDiagnostic) };
}

/** The plan of texts that hold no mistake. */
export async function planOf(...texts: readonly string[]): Promise<Plan> {
  const { plan, lines } = await load(...texts);
  if (!plan) throw new Error(lines.join('\n'));
  return plan;
}
