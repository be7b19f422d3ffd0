/** Well under the 9 MB of buffers after which V8 would go through its whole heap. */
const everyBytes = 4 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => void;

let receivedBytes = 0;
let collect: Collect | null | undefined;

/**
 * Hears of all bytes of bodies as they come. They come in buffers of a few kilobytes, each dead a moment later; but buffers lie outside of
 * V8's heap, where those that have not been collected count as if they had grown old. So V8 would mark its whole heap after every
 * hundredth upload of 100 KiB, which costs as much as all that is done to them, although to collect what is young is enough
 * and costs next to nothing.
 */
export function noteReceived(bytes: number): void {
  receivedBytes += bytes;
  if (receivedBytes < everyBytes) return;
  receivedBytes = 0;
  if (collect === undefined) collect = exposed();
  collect?.({ type: 'minor' });
}

/** V8 shows its collector to contexts that are made while a flag is set. Null where it does not. */
function exposed(): Collect | null {
  const v8 = process.getBuiltinModule('node:v8');
  v8.setFlagsFromString('--expose-gc');
  try {
    return process.getBuiltinModule('node:vm').runInNewContext('typeof gc === "function" ? gc : null') as Collect | null;
  } finally {
    v8.setFlagsFromString('--no-expose-gc');
  }
}
