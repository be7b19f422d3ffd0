export { loadScenarios, type LoadOptions } from './load-scenarios.ts';
export { scenarioJsonSchema, type ScenarioInput } from './file-shape.ts';
export type { CallInput } from './call-shape.ts';
export type { Source } from './source.ts';
