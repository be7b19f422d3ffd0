import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const blockBytes = 1024 * 1024;

/** SHA-256 of a file of any size, read block by block without holding up other requests. Rejects when it cannot be read. */
export async function sha256OfFile(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(blockBytes);
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(block, 0, blockBytes, null);
      if (bytesRead === 0) return hash.digest();
      hash.update(block.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
