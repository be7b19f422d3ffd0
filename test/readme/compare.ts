/** Text in which what differs from run to run reads alike: ids, times, ports, fingerprints, process ids. */
export function settled(text: string): string {
  return text
    .replace(/localhost:\d{2,5}/g, 'localhost:PORT')
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME')
    .replace(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/g, 'TIME')
    .replace(/(["/ ]|: )([er])\d+\b/g, '$1$2N')
    .replace(/"(durationMs|port|pid)": ?[\d.]+/g, '"$1":0')
    .replace(/\r/g, '')
    .trimEnd();
}

/** Whether a text is the expected one, in which `…` stands for anything. */
export function isLike(got: string, expected: string): boolean {
  const pattern = settled(expected).split('…').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('[^]*?');
  return new RegExp(`^${pattern}$`).test(settled(got));
}

/**
 * What differs between a JSON value and the expected one; empty when nothing does. In the expected one `"…"` stands for any
 * value, a last item `"…"` for any further items, and a key `"…"` for any further keys.
 */
export function differences(got: unknown, expected: unknown, at = '$'): readonly string[] {
  if (expected === '…') return [];
  if (typeof expected === 'string') return typeof got === 'string' && isLike(got, expected) ? [] : [`${at}: the README says ${JSON.stringify(expected)}, the program ${JSON.stringify(got)}`];
  if (Array.isArray(expected)) {
    if (!Array.isArray(got)) return [`${at}: the README says a list, the program ${JSON.stringify(got)}`];
    const open = expected.at(-1) === '…';
    const items: readonly unknown[] = open ? expected.slice(0, -1) : expected;
    const count = open ? got.length >= items.length : got.length === items.length;
    return [...(count ? [] : [`${at}: the README shows ${items.length} items, the program ${got.length}`]), ...items.flatMap((item, index) => differences(got[index], item, `${at}[${index}]`))];
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof got !== 'object' || got === null) return [`${at}: the README says a map, the program ${JSON.stringify(got)}`];
    const { '…': rest, ...named } = expected as Record<string, unknown>;
    const further = rest === undefined ? Object.keys(got).filter((key) => !Object.hasOwn(named, key)) : [];
    return [...further.map((key) => `${at}: the README leaves out \`${key}\``), ...Object.entries(named).flatMap(([key, value]) => differences((got as Record<string, unknown>)[key], value, `${at}.${key}`))];
  }
  return Object.is(got, expected) ? [] : [`${at}: the README says ${JSON.stringify(expected)}, the program ${JSON.stringify(got)}`];
}
