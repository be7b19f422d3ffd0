/** One segment of a route's path. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  /** `**`: the rest, may be empty. */
  | { readonly kind: 'rest' };
