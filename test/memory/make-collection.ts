import { compileCollection, collectionsShape } from '../../src/memory/index.ts';
import type { Collection } from '../../src/model/index.ts';
import { invalid } from '../../src/shapes/index.ts';
import { readYaml, TestCompiler, type FoundMistake } from '../support/compiler.ts';

export interface MadeCollection {
  readonly collection: Collection | null;
  readonly mistakes: readonly FoundMistake[];
}

/** One collection as it stands in a file under `collections.NAME`, ready to serve. */
export async function declare(yaml: string, fixtures: Readonly<Record<string, string | Buffer>> = {}, name = 'tasks'): Promise<MadeCollection> {
  const compiler = new TestCompiler({ fixtures });
  const parsed = collectionsShape.parse({ [name]: readYaml(yaml) }, [], (path, mistake, at) => compiler.mistake(mistake, path, at));
  const collection = parsed === invalid ? null : compileCollection(name, parsed[name], compiler.at(name));
  await compiler.ready();
  return { collection, mistakes: compiler.mistakes };
}

/** The same, for a declaration without mistakes. */
export async function collectionOf(yaml: string, fixtures: Readonly<Record<string, string | Buffer>> = {}, name = 'tasks'): Promise<Collection> {
  const { collection, mistakes } = await declare(yaml, fixtures, name);
  if (!collection || mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join('\n'));
  return collection;
}

/** Everything that a mistake says, on one line. */
export function told(mistakes: readonly FoundMistake[]): readonly string[] {
  return mistakes.map(({ path, message, expected, got, fix }) => [`${path.join('.')}: ${message}`, expected && `expected ${expected}`, got && `got ${got}`, fix].filter(Boolean).join('; '));
}
