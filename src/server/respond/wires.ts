import { unreachable } from '../../base/unreachable.ts';
import type { Wire } from '../../model/index.ts';

/** How the bytes of a body end before their time, or what comes instead of them. */
export type Ending = Extract<Wire, { kind: 'truncate' | 'reset' | 'hang' | 'close' | 'raw' }>;

/** The instructions of an answer's wire, gathered. */
export interface Wires {
  readonly delayMs: number;
  readonly bytesPerSecond: number | null;
  readonly corrupt: Extract<Wire, { kind: 'corrupt' }> | null;
  readonly offByBytes: number;
  readonly ending: Ending | null;
  /** The body goes out as it is and at full speed. */
  readonly untouched: boolean;
}

export function gatherWires(wire: readonly Wire[]): Wires {
  let delayMs = 0;
  let bytesPerSecond: number | null = null;
  let corrupt: Wires['corrupt'] = null;
  let offByBytes = 0;
  let ending: Ending | null = null;
  for (const one of wire) {
    switch (one.kind) {
      case 'delay': delayMs += one.ms; break;
      case 'throttle': bytesPerSecond = Math.min(one.bytesPerSecond, bytesPerSecond ?? Infinity); break;
      case 'corrupt': corrupt = one; break;
      case 'wrongLength': offByBytes += one.offByBytes; break;
      case 'truncate': case 'reset': case 'hang': case 'close': case 'raw': ending ??= one; break;
      default: return unreachable(one);
    }
  }
  return { delayMs, bytesPerSecond, corrupt, offByBytes, ending, untouched: bytesPerSecond === null && corrupt === null && offByBytes === 0 && ending === null };
}

/** The byte of the body after which it goes no further; null when it goes out whole. `bodyBytes` is Infinity when nobody knows it. */
export function cutAt({ ending }: Wires, bodyBytes: number): number | null {
  if (ending === null) return null;
  switch (ending.kind) {
    case 'truncate': return Math.max(0, Math.min(ending.atByte(bodyBytes), bodyBytes));
    case 'reset': return Math.min(ending.afterBytes, bodyBytes);
    // With all of its bytes there the answer has come: nothing is left to stall.
    case 'hang': return ending.afterBytes !== null && ending.afterBytes < bodyBytes ? ending.afterBytes : null;
    case 'close': case 'raw': return null;
  }
}
