import type { Random } from '../model/index.ts';

const urlSafe = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** URL-safe letters drawn from the generator: 6 bits each. Draws again while `taken`. */
export function freshToken(random: Random, length: number, taken: (token: string) => boolean): string {
  for (;;) {
    let token = '';
    for (const byte of random.bytes(length)) token += urlSafe[byte & 63];
    if (!taken(token)) return token;
  }
}
