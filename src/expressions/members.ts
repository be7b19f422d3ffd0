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
  if (typeof key !== 'bigint' && !Number.isInteger(key)) throw new Problem(`\`${written}\` is a list, so it has no ${backticked(key)}`, 'missing');
  const index = Number(key);
  if (index >= 0 && index < list.length) return fromData(list[index]);
  throw new Problem(`\`${written}\` has ${list.length} items, none at ${index}`, 'missing');
}

function backticked(key: unknown): string {
  return `\`${asText(key).slice(0, 40)}\``;
}

/** Whether {@link memberOf} would find something. */
export function hasMember(whole: unknown, key: unknown): boolean {
  switch (kindOfValue(whole)) {
    case 'map': return Object.hasOwn(whole as ValueMap, asText(key));
    case 'list': return (typeof key === 'bigint' || Number.isInteger(key)) && Number(key) >= 0 && Number(key) < (whole as readonly unknown[]).length;
    default: return false;
  }
}
