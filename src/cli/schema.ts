import { scenarioJsonSchema } from '../scenario/file-shape.ts';

/** `rehearsal schema`: the JSON Schema of a scenario file, for editors. */
export function schemaCommand(output: { stdout(text: string): void }): 0 {
  output.stdout(schemaText());
  return 0;
}

/** The text of `scenarios/scenario.schema.json`. */
export function schemaText(): string {
  return `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
}
