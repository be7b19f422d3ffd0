import { isNumeric } from '../../base/json.ts';
import { show } from '../../base/show.ts';
import { formatSize, parseSize } from '../../base/units.ts';
import type { Domain } from './operators.ts';

/** A value as a sentence shows it. In JSON, text that reads like another value keeps its quotes. */
export function showValue(value: unknown, domain: Domain): string {
  if (domain === 'size') return showSize(value);
  if (domain === 'json' && typeof value === 'string' && /^(?:-?[\d.]+(?:e[-+]?\d+)?|true|false|null|nothing)?$/i.test(value)) return JSON.stringify(value);
  return showBriefly(value);
}

/** A value as a sentence shows it; of a large one only the beginning is looked at. */
export function showBriefly(value: unknown): string {
  return isNumeric(value) ? show(String(value)) : show(beginning(value, { left: 60 }));
}

function beginning(value: unknown, budget: { left: number }): unknown {
  budget.left -= 1;
  if (typeof value === 'string') return value.length > 200 ? value.slice(0, 200) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (isNumeric(value)) return String(value);
  if (Array.isArray(value)) return value.slice(0, Math.max(0, budget.left)).map((item) => beginning(item, budget));
  const shown: Record<string, unknown> = Object.create(null);
  for (const key in value) {
    if (budget.left <= 0) break;
    shown[key.slice(0, 200)] = beginning((value as Readonly<Record<string, unknown>>)[key], budget);
  }
  return shown;
}

/** Bytes with a unit when that loses none of them: `20 MB`, `20000001 B`. */
export function showSize(value: unknown): string {
  const sizeBytes = typeof value === 'string' ? parseSize(value) : Number(value);
  if (sizeBytes === null || !Number.isFinite(sizeBytes)) return show(value);
  if (typeof value === 'string') return value;
  const short = formatSize(sizeBytes);
  return parseSize(short) === sizeBytes ? short : `${sizeBytes} B`;
}

/** What came, of one or several values. */
export function showValues(values: readonly unknown[], domain: Domain): string {
  if (values.length === 0) return 'nothing';
  const shown = values.slice(0, 3).map((value) => showValue(value, domain)).join(', ');
  return values.length > 3 ? `${shown} and ${values.length - 3} more` : shown;
}
