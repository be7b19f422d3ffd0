import type { ASTNode } from '@marcbachmann/cel-js';
import type { Mistake } from '../base/diagnostic.ts';
import { need, type Needs } from '../model/index.ts';
import type { Rows } from './rows.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import type { Kind } from './values.ts';

/** One node of an expression, checked and ready to run. */
export interface Code {
  readonly kind: Kind;
  /** Of kind `any`, but either null or this. */
  readonly orNull?: Kind;
  readonly needs: Needs;
  /** The value cannot differ between requests. */
  readonly fixed: boolean;
  /** Throws Problem; lets MalformedBody through. */
  readonly run: (run: Run) => unknown;
  /** For `has()`: whether the name is there. Null: whether the value is not null. */
  readonly has?: (run: Run) => boolean;
  /** What the node is, when it is written out in the source. */
  readonly literal?: unknown;
  /** What is behind the point or in the brackets, for values that are read piece by piece (`query`, `parts.file`). */
  readonly fields?: Fields;
  /** Of a map: the only names that it can have; each of them may be missing. */
  readonly known?: readonly string[];
  /** The rows of a collection, for what need not have them all. */
  readonly rows?: (run: Run) => Rows;
}

export interface Fields {
  /** The named field; null when there is none of that name, which only a closed set can say. */
  named(name: string): Code | null;
  /** The names of a closed set; null when any name may be there. */
  readonly names: readonly string[] | null;
  /** The field whose name is worked out when the expression runs. Absent: the whole value is indexed. */
  computed?(key: Code): Code;
}

/** What the parts of the compiler share while one expression is compiled. */
export interface Compiling {
  readonly source: string;
  readonly scope: Scope;
  readonly locals: ReadonlyMap<string, number>;
  compile(node: ASTNode): Code;
  /** The same with one more variable, which the run keeps in this slot. */
  with(variable: string): { readonly inner: Compiling; readonly slot: number };
  /** Reports a mistake and gives code of any kind, so that the others are found too. */
  mistake(node: Span, mistake: Mistake): Code;
  /** What is written there, short and on one line. */
  written(node: Span): string;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The code of a mistake: never runs. */
export const nothing: Code = { kind: 'any', needs: need.nothing, fixed: false, run: () => null };

export function allNeeds(codes: readonly Code[]): Needs {
  return codes.reduce((needs: Needs, code) => needs | code.needs, need.nothing);
}

export function allFixed(codes: readonly Code[]): boolean {
  return codes.every((code) => code.fixed);
}
