import type { ReceiveLimits } from './limits.ts';

/**
 * The name that a client meant: browsers write CR, LF and quotes in names as %0D, %0A and %22 and escape nothing else
 * (WHATWG HTML, multipart/form-data), so a full decoding would spoil `50%.pdf`.
 */
export function decodeFormDataName(name: string): string {
  return name.includes('%') ? name.replace(/%0A|%0D|%22/gi, (escape) => (escape === '%22' ? '"' : escape.toUpperCase() === '%0A' ? '\n' : '\r')) : name;
}

/** Why a name of a part is refused; null when it is well. */
export function mistakeInName(name: string | undefined, limits: ReceiveLimits): string | null {
  if (name === undefined || name === '') return 'A part of the body has no name';
  if (Buffer.byteLength(name) > limits.maxFieldNameBytes) return `The name of a part is longer than ${limits.maxFieldNameBytes} bytes`;
  if (!name.includes('[')) return null;
  if (name.split('[').length - 1 > limits.maxFieldNesting) return `The name of a part has more than ${limits.maxFieldNesting} brackets`;
  for (const [, index] of name.matchAll(/\[(\d+)\]/g)) {
    if (Number(index) > limits.maxFieldIndex) return `The name of a part has a number over ${limits.maxFieldIndex} in its brackets`;
  }
  return null;
}

export function mistakeInFilename(filename: string | undefined, limits: ReceiveLimits): string | null {
  return filename !== undefined && filename.length > limits.maxFilenameLetters ? `A file name is longer than ${limits.maxFilenameLetters} letters` : null;
}
