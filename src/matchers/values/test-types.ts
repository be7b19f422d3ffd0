import type { TypeWord } from './types.ts';

/** A plain value of a query, a header, a form. */
export type Scalar = string | number | bigint | boolean;

/** A test of a value as an author writes it: a plain value (equality), or operators that must all hold. */
export type Test<V> = V | Operators<V>;

export interface Operators<V> {
  readonly equals?: V;
  readonly not?: Test<V>;
  readonly contains?: V;
  readonly startsWith?: string | number;
  readonly endsWith?: string | number;
  readonly matches?: string;
  readonly oneOf?: readonly V[];
  readonly min?: number | bigint;
  readonly max?: number | bigint;
  readonly above?: number | bigint;
  readonly below?: number | bigint;
  readonly length?: CountTest;
  readonly type?: TypeWord | readonly TypeWord[];
  readonly present?: boolean;
  readonly date?: boolean;
  readonly ignoreCase?: true;
}

/** A size with its unit, or comparisons with such. */
export type SizeTest = string | 0 | Comparisons<string | 0>;
export type CountTest = number | Comparisons<number>;

export interface Comparisons<V> {
  readonly equals?: V;
  readonly not?: V | Comparisons<V>;
  readonly oneOf?: readonly V[];
  readonly min?: V;
  readonly max?: V;
  readonly above?: V;
  readonly below?: V;
}
