import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 make the room for young objects as large as it may be (16 MB at each side) the first time that it grows. By itself it would
 * double it whenever enough has outlived a collection: a server whose requests leave nothing behind then keeps the room that its
 * start needed, and spends a sixth of its time on collecting. For a process of our own only.
 */
export function growYoungGenerationAtOnce(): void {
  setFlagsFromString('--semi-space-growth-factor=16');
}
