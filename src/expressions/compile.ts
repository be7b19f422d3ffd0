import type { ASTNode } from '@marcbachmann/cel-js';
import type { Mistake } from '../base/diagnostic.ts';
import { printable } from '../base/show.ts';
import { compileIndex, compileMember, compileName, hyphenMistake } from './access.ts';
import { compileCall } from './calls.ts';
import { allFixed, allNeeds, nothing, type Code, type Compiling, type Span } from './code.ts';
import { compileBinary, compileLogic, compileUnary } from './compile-operators.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { choose } from './conditions.ts';
import { asText, kindOfValue, kindWords, newMap } from './values.ts';

export interface Found extends Span {
  readonly mistake: Mistake;
}

/**
 * Turns the tree of an expression into code, and finds every mistake in it.
 *
 * The reading of CEL is cel-js's; running it is our own, because the language promises what cel-js's evaluator has no place for:
 * whole JSON numbers that are integers and ids of any length, numbers and text that mix (inside lists too), names that are null
 * when missing, failures that name the path, keys such as `constructor`, patterns in linear time, and a bound on every step.
 */
export function compileTree(tree: ASTNode, source: string, scope: Scope): { readonly code: Code; readonly found: readonly Found[] } {
  const found: Found[] = [];
  const compiling = new Compilation(source, scope, new Map(), { found, slots: 0 });
  return { code: compiling.compile(tree), found };
}

class Compilation implements Compiling {
  readonly source: string;
  readonly scope: Scope;
  readonly locals: ReadonlyMap<string, number>;
  readonly #shared: { readonly found: Found[]; slots: number };

  constructor(source: string, scope: Scope, locals: ReadonlyMap<string, number>, shared: { readonly found: Found[]; slots: number }) {
    this.source = source;
    this.scope = scope;
    this.locals = locals;
    this.#shared = shared;
  }

  with(variable: string): { readonly inner: Compiling; readonly slot: number } {
    const slot = this.#shared.slots;
    this.#shared.slots += 1;
    return { inner: new Compilation(this.source, this.scope, new Map(this.locals).set(variable, slot), this.#shared), slot };
  }

  mistake({ start, end }: Span, mistake: Mistake): Code {
    this.#shared.found.push({ start, end, mistake });
    return nothing;
  }

  written({ start, end }: Span): string {
    const text = printable(this.source.slice(start, Math.min(end, start + 100)).replace(/\s+/g, ' '));
    return text.length > 60 || end - start > 100 ? `${text.slice(0, 59)}…` : text;
  }

  compile(node: ASTNode): Code {
    switch (node.op) {
      case 'value': return literal(node.args);
      case 'id': return compileName(node.args, node, this);
      case '.': case '.?': return compileMember(this.compile(node.args[0]), node.args[0], node.args[1], node, this);
      case '[]': case '[?]': return compileIndex(this.compile(node.args[0]), node.args[0], this.compile(node.args[1]), node, this);
      case 'call': return compileCall(node.args[0], node.args[1], node, this);
      case 'rcall': return compileCall(node.args[0], [node.args[1], ...node.args[2]], node, this);
      case 'list': return list(node.args.map((item) => this.compile(item)));
      case 'map': return this.#map(node.args);
      case '?:': return choose(node.args, this);
      case '||': case '&&': return compileLogic(node.op, node.args[0], node.args[1], this);
      case '!_': case '-_': return compileUnary(node.op, node.args, node, this);
      default: return hyphenMistake(node, this) ?? compileBinary(node.op, node.args[0], node.args[1], node, this);
    }
  }

  #map(entries: readonly (readonly [ASTNode, ASTNode])[]): Code {
    const keys = entries.map(([key]) => this.#key(key));
    const values = entries.map(([, value]) => this.compile(value));
    return {
      kind: 'map',
      needs: allNeeds(keys) | allNeeds(values),
      fixed: allFixed(keys) && allFixed(values),
      run: (run) => {
        run.spend(4 + 2 * keys.length);
        const map = newMap();
        for (let index = 0; index < keys.length; index += 1) map[asText(keys[index]!.run(run))] = values[index]!.run(run);
        return map;
      },
    };
  }

  /** The key of a map. A bare word is nearly always meant as text, so it must say which of the two it is. */
  #key(node: ASTNode): Code {
    if (node.op === 'id' && !this.locals.has(node.args) && !isParenthesized(this.source, node)) {
      return this.mistake(node, { code: 'bare-key', message: `The key \`${node.args}\` has no quotes`, fix: `Write \`"${node.args}"\`, or \`(${node.args})\` for the value of that name.` });
    }
    const key = this.compile(node);
    if (key.kind === 'list' || key.kind === 'map' || key.kind === 'null') return this.mistake(node, { code: 'wrong-type', message: 'This is no key of a map', expected: 'text', got: kindWords[key.kind] });
    return key;
  }
}

function isParenthesized(source: string, node: Span): boolean {
  return /\(\s*$/.test(source.slice(Math.max(0, node.start - 20), node.start));
}

function literal(written: unknown): Code {
  const value = typeof written === 'object' && written !== null && !(written instanceof Uint8Array) ? BigInt(String(written)) : written;
  return { kind: kindOfValue(value), needs: 0, fixed: true, literal: value, run: () => value };
}

function list(items: readonly Code[]): Code {
  return {
    kind: 'list',
    needs: allNeeds(items),
    fixed: allFixed(items),
    run: (run: Run) => {
      run.spend(items.length);
      return items.map((item) => item.run(run));
    },
  };
}
