/** Bounds on what one request may bring. */
export interface ReceiveLimits {
  /** `--max-body`: the whole body, over the wire. */
  readonly maxBodyBytes: number;
  /** `--max-parsed`: bodies that are kept in memory, and all plain fields of a multipart body together; content-decoded. */
  readonly maxParsedBytes: number;
  /** Parts of a multipart body, files and fields together. */
  readonly maxParts: number;
  /** Plain fields among them. */
  readonly maxFields: number;
  readonly maxFieldBytes: number;
  readonly maxFieldNameBytes: number;
  readonly maxFilenameLetters: number;
  /** `a[b][c]` is nested twice. Names stay flat here; a client that goes beyond this means harm to others. */
  readonly maxFieldNesting: number;
  /** The largest number in the brackets of a field name. */
  readonly maxFieldIndex: number;
}

export const defaultLimits: ReceiveLimits = {
  maxBodyBytes: 2e9,
  maxParsedBytes: 10e6,
  maxParts: 1000,
  maxFields: 1000,
  maxFieldBytes: 1e6,
  maxFieldNameBytes: 200,
  maxFilenameLetters: 2048,
  maxFieldNesting: 20,
  maxFieldIndex: 100_000,
};
