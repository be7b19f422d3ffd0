import { exactNumber, isNumeric, type Numeric } from '../../base/json.ts';

const decimal = /^[-+]?\d+(?:\.\d+)?$/;
const longest = 400;

/** The number that a value is, or that the whole of a text says in decimal (`12`, `-3.50`); null otherwise. */
export function numberIn(value: unknown): Numeric | null {
  if (typeof value === 'string') return value.length <= longest && decimal.test(value) ? exactNumber(value.startsWith('+') ? value.slice(1) : value) : null;
  return isNumeric(value) ? value : null;
}
