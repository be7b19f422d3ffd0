const sizeFactors: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

const durationFactors: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  min: 60e3,
  h: 3600e3,
  d: 86_400e3,
};

const quantity = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/;

/** Bytes of a size such as `20 MB` (10^6) or `1 KiB` (2^10); null when the text is no size. A bare `0` needs no unit. */
export function parseSize(text: string): number | null {
  return parseQuantity(text, sizeFactors);
}

/** Milliseconds of a duration such as `100 ms`, `2 s`, `5 min`, `1 h`; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  return parseQuantity(text, durationFactors);
}

/** A share from 0 to 1 of a percentage such as `20%` or `0.5 %`; null when the text is none, or is over 100 %. */
export function parsePercent(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (!found) return null;
  const share = Number(found[1]) / 100;
  return share <= 1 ? share : null;
}

function parseQuantity(text: string, factors: Readonly<Record<string, number>>): number | null {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const found = quantity.exec(trimmed);
  if (!found) return null;
  const unit = found[2]!.toLowerCase();
  if (!Object.hasOwn(factors, unit)) return null;
  const amount = Math.round(Number(found[1]) * factors[unit]!);
  return Number.isSafeInteger(amount) ? amount : null;
}

/** A size for people: `1.3 MB`, `512 B`. */
export function formatSize(sizeBytes: number): string {
  for (const [unit, factor] of [['GB', 1e9], ['MB', 1e6], ['kB', 1e3]] as const) {
    if (sizeBytes >= factor) return `${trimNumber(sizeBytes / factor)} ${unit}`;
  }
  return `${sizeBytes} B`;
}

/** A duration for people: `2 s`, `150 ms`, `5 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs >= 60e3) return `${trimNumber(durationMs / 60e3)} min`;
  return durationMs >= 1e3 ? `${trimNumber(durationMs / 1e3)} s` : `${Math.round(durationMs)} ms`;
}

function trimNumber(value: number): string {
  return String(Math.round(value * 10) / 10);
}
