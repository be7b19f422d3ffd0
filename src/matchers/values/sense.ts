import { compareNumbers, isNumeric, type Numeric } from '../../base/json.ts';
import type { Path } from '../../base/place.ts';
import { parseSize } from '../../base/units.ts';
import type { Report } from '../../shapes/index.ts';
import type { Domain, OperatorName } from './operators.ts';

const positive: readonly OperatorName[] = ['equals', 'contains', 'startsWith', 'endsWith', 'matches', 'oneOf', 'min', 'max', 'above', 'below', 'length', 'type', 'date'];
const foldable: readonly OperatorName[] = ['equals', 'not', 'contains', 'startsWith', 'endsWith', 'matches', 'oneOf'];

/** Tests that no value can pass, or that say nothing, are slips of the pen. */
export function checkSense(map: Partial<Record<OperatorName, unknown>>, domain: Domain, path: Path, report: Report): boolean {
  const contradiction = map.present === false && positive.find((name) => name in map);
  if (contradiction) {
    report([...path, contradiction], { code: 'never-holds', message: `A value that must not be there cannot pass \`${contradiction}\``, fix: `Keep \`present: false\` or \`${contradiction}\`` }, 'key');
    return false;
  }
  if (map.ignoreCase === true && !foldable.some((name) => name in map)) {
    report([...path, 'ignoreCase'], { code: 'idle-operator', message: '`ignoreCase` stands alone', expected: `another operator beside it: ${inTicks(foldable)}`, got: 'none of them' }, 'key');
    return false;
  }
  for (const low of ['min', 'above'] as const) {
    for (const high of ['max', 'below'] as const) {
      if (!(low in map) || !(high in map)) continue;
      const gap = compareNumbers(bound(map[low], domain), bound(map[high], domain));
      if (gap < 0 || (gap === 0 && low === 'min' && high === 'max')) continue;
      report([...path, high], { code: 'never-holds', message: `No value passes both \`${low}\` and \`${high}\``, expected: `\`${high}\` larger than \`${low}\``, got: `${String(map[low])} and ${String(map[high])}` });
      return false;
    }
  }
  return true;
}

function bound(value: unknown, domain: Domain): Numeric {
  if (domain === 'size' && typeof value === 'string') return parseSize(value) ?? 0;
  return isNumeric(value) ? value : 0;
}

/** Names as a message lists them. */
export function inTicks(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
