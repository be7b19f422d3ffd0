import type { ASTNode } from '@marcbachmann/cel-js';
// Its main module fills the tables of an evaluator that has no use here, which takes as long as to read the expressions of ten scenarios.
// @ts-expect-error -- not declared
import { registerMacros } from '../../node_modules/@marcbachmann/cel-js/lib/macros.js';
// @ts-expect-error -- not declared
import { Parser } from '../../node_modules/@marcbachmann/cel-js/lib/parser.js';

/** Bounds of one expression: letters, nodes, and how deep brackets go. */
export interface ParserLimits {
  readonly maxAstNodes: number;
  readonly maxDepth: number;
  readonly maxListElements: number;
  readonly maxMapEntries: number;
  readonly maxCallArguments: number;
}

/** The parser of cel-js alone. What it throws carries a `code`. */
export function createParser(limits: ParserLimits): (source: string) => ASTNode {
  const macros = new Macros();
  registerMacros(macros);
  const parser = new Parser(limits, macros) as { parse(source: string): ASTNode };
  return (source) => parser.parse(source);
}

/** What the parser asks of cel-js's registry: which calls take the text of their arguments (`all`, `map`, `has` …), which it looks at more closely. */
class Macros {
  readonly enableOptionalTypes = false;
  readonly #known = new Map<string, { readonly handler: unknown }>();

  /** `list.all(ast, ast): bool` */
  registerFunctionOverload(signature: string, handler: unknown): void {
    const [, receiver, name = '', parameters = ''] = /^(?:(\w+)\.)?(\w+)\((.*)\)/.exec(signature) ?? [];
    this.#known.set(keyOf(name, receiver !== undefined, parameters.split(',').length), { handler });
  }

  findMacro(name: string, hasReceiver: boolean, count: number): { readonly handler: unknown } | undefined {
    return this.#known.get(keyOf(name, hasReceiver, count));
  }

  registerType(): void {}

  registerConstant(): void {}
}

function keyOf(name: string, hasReceiver: boolean, count: number): string {
  return `${hasReceiver ? '.' : ''}${name}/${count}`;
}
