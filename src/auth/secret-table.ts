import { createHash, timingSafeEqual } from 'node:crypto';

/** Secrets with what each stands for. To look one up takes the same time whichever it is, and whether it is there or not. */
export class SecretTable<T> {
  readonly #entries: readonly { readonly digest: Buffer; readonly value: T }[];

  constructor(entries: Iterable<readonly [secret: string, value: T]>) {
    this.#entries = [...entries].map(([secret, value]) => ({ digest: digestOf(secret), value }));
  }

  find(secret: string): T | null {
    const digest = digestOf(secret);
    let found: T | null = null;
    for (const entry of this.#entries) if (timingSafeEqual(entry.digest, digest)) found = entry.value;
    return found;
  }
}

/** SHA-256: of one length for all, so that two can be compared in constant time. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}
