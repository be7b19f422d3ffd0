import { nearest } from '../base/nearest.ts';
import { Problem } from './run.ts';
import { asText, fromData, kindOfValue, kindWords, type ValueMap } from './values.ts';

/** What stands in a value under a key or at a position. Throws a Problem that names the path when nothing does. */
export function memberOf(whole: unknown, key: unknown, written: string): unknown {
  switch (kindOfValue(whole)) {
    case 'map': return keyOf(whole as ValueMap, asText(key), written);
    case 'list': return itemOf(whole as readonly unknown[], key, written);
    case 'null': throw new Problem(`\`${written}\` is null, so it has no ${backticked(key)}`, 'missing');
    default: throw new Problem(`\`${written}\` is ${kindWords[kindOfValue(whole)]}, so it has no ${backticked(key)}`, 'missing');
  }
}

function keyOf(map: ValueMap, key: string, written: string): unknown {
  if (Object.hasOwn(map, key)) return fromData(map[key]);
  const meant = nearest(key, Object.keys(map).slice(0, 100));
  throw new Problem(`\`${written}\` has no ${backticked(key)}${meant === null ? '' : `, but \`${meant.slice(0, 40)}\``}`, 'missing');
}

function itemOf(list: readonly unknown[], key: unknown, written: string): unknown {
  return fromData(list[positionIn(list.length, key, written)]);
}

/** A position in a list of this many items. Throws a Problem that names the list when there is none. */
export function positionIn(length: number, key: unknown, written: string): number {
  if (isPosition(length, key)) return Number(key);
  if (typeof key !== 'bigint' && !Number.isInteger(key)) throw new Problem(`\`${written}\` is a list, so it has no ${backticked(key)}`, 'missing');
  throw new Problem(`\`${written}\` has ${length} items, none at ${asText(key)}`, 'missing');
}

/** Whether a list of this many items has something there. */
export function isPosition(length: number, key: unknown): boolean {
  return (typeof key === 'bigint' || Number.isInteger(key)) && Number(key) >= 0 && Number(key) < length;
}

function backticked(key: unknown): string {
  return `\`${asText(key).slice(0, 40)}\``;
}

/** Whether {@link memberOf} would find something. */
export function hasMember(whole: unknown, key: unknown): boolean {
  switch (kindOfValue(whole)) {
    case 'map': return Object.hasOwn(whole as ValueMap, asText(key));
    case 'list': return isPosition((whole as readonly unknown[]).length, key);
    default: return false;
  }
}
