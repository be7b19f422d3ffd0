import type { Facts } from '../model/index.ts';

/**
 * So many UUIDs of version 4 (RFC 9562 §5.4), none of which is taken: a route whose calls are counted from the beginning again
 * draws what it drew before. Needs `need.call`.
 */
export function freshUuids(count: number, isTaken: (uuid: string) => boolean, label: string, facts: Facts): readonly string[] {
  const random = facts.random(`${label}:uuid`);
  const uuids: string[] = [];
  while (uuids.length < count) {
    const uuid = uuidOf(random.bytes(16));
    if (!isTaken(uuid)) uuids.push(uuid);
  }
  return uuids;
}

function uuidOf(bytes: Buffer): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
