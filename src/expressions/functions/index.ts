import { collectionFunctions } from './collections.ts';
import { conversionFunctions } from './conversions.ts';
import type { FunctionEntry } from './define.ts';
import { makingFunctions } from './making.ts';
import { numberFunctions } from './numbers.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './times.ts';

/** Every function but the special forms, by name. A new one is a line in the table of its kind. */
export const functions: ReadonlyMap<string, FunctionEntry> = new Map(
  [...textFunctions, ...numberFunctions, ...collectionFunctions, ...timeFunctions, ...conversionFunctions, ...makingFunctions].map((entry) => [entry.name, entry]),
);
