/** One way to make a client trust the CA. */
export interface Way {
  readonly title: string;
  /** Whether the public roots go on being trusted (`adds`), or what is given takes their place (`replaces`). */
  readonly effect: 'adds' | 'replaces';
  /** Commands and settings to be copied as they stand; of `steps`, sentences for a person. */
  readonly kind: 'shell' | 'code' | 'steps';
  readonly lines: readonly string[];
}

/** How one kind of client is told of the CA. */
export interface Recipe {
  /** What `rehearsal trust ID` takes. */
  readonly id: string;
  readonly client: string;
  /** Other words for it. */
  readonly also: readonly string[];
  /** Versions that this was tried with; null: from the client's documentation only. */
  readonly tried: string | null;
  readonly ways: readonly Way[];
  /** Variables of the environment that the client reads for it, the winning one first. */
  readonly reads: readonly string[];
  readonly cautions: readonly string[];
}

export interface RecipeFacts {
  /** Absolute paths. */
  readonly caFile: string;
  /** The public roots and the CA. */
  readonly bundleFile: string;
  /** Any address of the server, for the examples. */
  readonly url: string;
  readonly platform: NodeJS.Platform;
}
