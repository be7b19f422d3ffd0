import { uuidOf } from '../base/uuid.ts';
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
