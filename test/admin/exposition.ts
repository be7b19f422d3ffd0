/** One series of the text format of Prometheus. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All samples under one `# TYPE`. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const number = String.raw`[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf|NaN)`;

/**
 * Reads the text format 0.0.4, and throws for what the format forbids: a line that is none, a family that begins twice, a
 * sample outside its family, a series that comes twice, a histogram whose buckets do not add up.
 */
export function parseExposition(text: string): ReadonlyMap<string, MetricFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, MetricFamily & { readonly samples: Sample[] }>();
  const seen = new Set<string>();
  let help: { readonly name: string; readonly text: string } | null = null;
  let open: (MetricFamily & { readonly samples: Sample[] }) | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const helped = new RegExp(`^# HELP (${metricName}) (.*)$`).exec(line);
    const typed = new RegExp(`^# TYPE (${metricName}) (counter|gauge|histogram|summary|untyped)$`).exec(line);
    if (helped) help = { name: helped[1]!, text: helped[2]! };
    else if (typed) {
      const [, name, type] = typed;
      if (families.has(name!) || help?.name !== name) throw new Error(`${name} begins twice, or without its help`);
      families.set(name!, (open = { name: name!, type: type!, help: help!.text, samples: [] }));
    } else {
      const sample = sampleOf(line);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (open === null || !belongs(sample.name, open)) throw new Error(`${sample.name} stands outside its family`);
      if (seen.has(key)) throw new Error(`${key} comes twice`);
      seen.add(key);
      open.samples.push(sample);
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family);
  return families;
}

function sampleOf(line: string): Sample {
  const found = new RegExp(`^(${metricName})(?:\\{(.*)\\})? (${number})$`).exec(line);
  if (!found) throw new Error(`no line of the format: ${line}`);
  const labels: Record<string, string> = {};
  const inside = found[2] ?? '';
  const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y;
  while (label.lastIndex < inside.length) {
    const one = label.exec(inside);
    if (!one) throw new Error(`no labels: ${inside}`);
    labels[one[1]!] = one[2]!.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
  }
  return { name: found[1]!, labels, value: Number(found[3]!.replace('Inf', 'Infinity')) };
}

function belongs(name: string, family: MetricFamily): boolean {
  return family.type === 'histogram' ? new RegExp(`^${family.name}_(bucket|sum|count)$`).test(name) : name === family.name;
}

function checkHistogram({ name, samples }: MetricFamily): void {
  const keyOf = ({ labels }: Sample): string => JSON.stringify(Object.entries(labels).filter(([label]) => label !== 'le'));
  for (const key of new Set(samples.map(keyOf))) {
    const group = samples.filter((sample) => keyOf(sample) === key);
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number(labels['le']!.replace('Inf', 'Infinity')));
    const rises = (values: readonly number[], strictly: boolean): boolean => values.every((value, index) => index === 0 || value > values[index - 1]! || (!strictly && value === values[index - 1]));
    const count = group.find((sample) => sample.name === `${name}_count`)?.value;
    const whole = bounds.at(-1) === Infinity && buckets.at(-1)!.value === count && group.some((sample) => sample.name === `${name}_sum`);
    if (!rises(bounds, true) || !rises(buckets.map(({ value }) => value), false) || !whole) throw new Error(`the buckets of ${name} do not add up`);
  }
}
