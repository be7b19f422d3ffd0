import { exactNumber, isNumeric, type Json, type Numeric } from '../base/json.ts';

const decimalText = /^-?(?:\d+(?:\.\d+)?)(?:[eE][-+]?\d{1,3})?$/;
/** Numbers with more letters are not added. */
const longest = 400;

/** The number that a value is, or that the whole of a text says in decimal; null otherwise. */
export function amountOf(value: Json | undefined): Numeric | null {
  if (typeof value === 'string') return value.length <= longest && decimalText.test(value) ? exactNumber(value) : null;
  return isNumeric(value) && decimalText.test(String(value)) && String(value).length <= longest ? value : null;
}

/** The sum, as on paper: 0.1 and 0.2 are 0.3, and whole numbers keep all their digits. */
export function addNumbers(a: Numeric, b: Numeric): Numeric {
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger((a as number) + (b as number))) return (a as number) + (b as number);
  const x = decimalOf(String(a));
  const y = decimalOf(String(b));
  const exponent = Math.min(x.exponent, y.exponent);
  return numberOf(x.digits * 10n ** BigInt(x.exponent - exponent) + y.digits * 10n ** BigInt(y.exponent - exponent), exponent);
}

/** digits × 10^exponent; the exponent is at most 999 either way, and 400 more for the digits behind the point. */
function decimalOf(source: string): { readonly digits: bigint; readonly exponent: number } {
  const [, sign, whole = '0', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(source)!;
  return { digits: BigInt(`${sign}${whole}${fraction}`), exponent: Number(exponent) - fraction.length };
}

function numberOf(digits: bigint, exponent: number): Numeric {
  if (exponent >= 0) return exactNumber(String(digits * 10n ** BigInt(exponent)));
  const text = String(digits < 0n ? -digits : digits).padStart(1 - exponent, '0');
  const fraction = text.slice(exponent).replace(/0+$/, '');
  const written = `${digits < 0n ? '-' : ''}${text.slice(0, exponent)}${fraction === '' ? '' : `.${fraction}`}`;
  return exactNumber(written === '-0' ? '0' : written);
}
