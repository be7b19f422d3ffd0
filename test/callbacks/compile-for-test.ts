import { callbackShape, compileCallbacks } from '../../src/callbacks/index.ts';
import type { Callback, CallbackRequest, Facts } from '../../src/model/index.ts';
import { invalid } from '../../src/shapes/index.ts';
import { readYaml, TestCompiler, type FoundMistake } from '../support/compiler.ts';
import { makeFacts, makeRequest, type FactsOptions } from '../support/facts.ts';

export interface CompiledCallbacks {
  readonly callbacks: readonly Callback[];
  readonly mistakes: readonly FoundMistake[];
}

/** What stands under `callback`, in YAML, checked and compiled. */
export function compileYaml(yaml: string): CompiledCallbacks {
  const compiler = new TestCompiler();
  const value = callbackShape.parse(readYaml(yaml), [], (path, mistake, at = 'value') => compiler.mistake(mistake, path, at));
  const callbacks = value === invalid ? [] : compileCallbacks(value, compiler);
  return { callbacks, mistakes: compiler.mistakes };
}

/** Facts of a request with a JSON body. */
export function factsOf(body: unknown = {}, options: FactsOptions & { readonly headers?: Readonly<Record<string, string>> } = {}): Facts {
  return makeFacts(makeRequest({ method: 'POST', url: '/documents?id=7', headers: { 'Content-Type': 'application/json', ...options.headers }, body: JSON.stringify(body) }), options);
}

/** The request of one callback without mistakes. */
export function requestOf(yaml: string, facts: Facts = factsOf()): CallbackRequest {
  const { callbacks, mistakes } = compileYaml(yaml);
  if (mistakes.length > 0) throw new Error(JSON.stringify(mistakes));
  return callbacks[0]!.render(facts);
}

/** Headers by lower-case name; of several lines, a list. */
export function headersOf({ headers }: CallbackRequest): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!.toLowerCase();
    found[name] = name in found ? [found[name]!, headers[index + 1]!].flat() : headers[index + 1]!;
  }
  return found;
}
