import { editDistance } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import type { Route, Segment } from '../model/index.ts';

/** How far a path is from a route's, and the sentence that says so. 0: the path is the route's. */
export interface PathDistance {
  readonly distance: number;
  readonly text: string;
}

const letters = ['no', 'one letter', 'two letters', 'three letters'];
const longestCompared = 64;

/** Compares segment by segment: a parameter takes any segment; a differing literal costs its letters, a missing or extra one more. */
export function pathDistance(segments: readonly string[], route: Pick<Route, 'segments'>): PathDistance {
  const written = route.segments;
  const rest = written.at(-1)?.kind === 'rest';
  const fixedPart = rest ? written.slice(0, -1) : written;
  const wanted = `/${written.map(segmentText).join('/')}`;
  const came = `/${segments.join('/')}`;
  const trailing = trailingSlash(segments, fixedPart);
  if (trailing && !rest) return { distance: 0.5, text: trailing };
  if (segments.length === fixedPart.length || (rest && segments.length > fixedPart.length)) return sameLength(segments, fixedPart, came, wanted);
  const offset = fixedPart.length - segments.length;
  if (offset > 0 && segments.every((segment, index) => equal(segment, fixedPart[index + offset]!))) {
    return { distance: 1, text: `path: ${show(came)} lacks \`/${fixedPart.slice(0, offset).map(segmentText).join('/')}\` at its beginning` };
  }
  const common = segments.filter((segment, index) => fixedPart[index] !== undefined && equal(segment, fixedPart[index])).length;
  return { distance: 4 + 4 * Math.abs(offset) + (Math.max(segments.length, fixedPart.length) - common), text: `path: expected \`${wanted}\`, got ${show(came)}` };
}

function sameLength(segments: readonly string[], written: readonly Segment[], came: string, wanted: string): PathDistance {
  let distance = 0;
  const differing: number[] = [];
  written.forEach((segment, index) => {
    if (equal(segments[index]!, segment)) return;
    differing.push(index);
    distance += segment.kind === 'literal' ? lettersBetween(segments[index]!, segment.text) : 3;
  });
  if (differing.length === 0) return { distance: 0, text: '' };
  const at = differing[0]!;
  const segment = written[at]!;
  if (differing.length > 1 || segment.kind !== 'literal') return { distance: distance + 2 * differing.length, text: `path: expected \`${wanted}\`, got ${show(came)}` };
  const got = segments[at]!;
  if (got.toLowerCase() === segment.text.toLowerCase()) return { distance: 0.5, text: `path: \`/${got}\` differs from \`/${segment.text}\` in upper and lower case` };
  const near = Math.round(distance);
  return near <= 3 && near < segment.text.length
    ? { distance, text: `path: \`/${show(got)}\` is ${letters[near]} from \`/${segment.text}\`` }
    : { distance: distance + 2, text: `path: expected \`/${segment.text}\`, got \`/${show(got)}\`` };
}

function trailingSlash(segments: readonly string[], written: readonly Segment[]): string | null {
  const same = (shorter: number): boolean => Array.from({ length: shorter }, (_, index) => index).every((index) => equal(segments[index] ?? '', written[index]!));
  if (segments.length === written.length + 1 && segments.at(-1) === '' && same(written.length)) return 'path: ends with `/`, the route does not';
  const last = written.at(-1);
  const slashed = last?.kind === 'literal' && last.text === '';
  return slashed && segments.length === written.length - 1 && same(segments.length) ? 'path: does not end with `/`, the route does' : null;
}

function equal(segment: string, written: Segment): boolean {
  return written.kind === 'literal' ? segment === written.text : segment !== '';
}

function lettersBetween(a: string, b: string): number {
  return a.length > longestCompared || b.length > longestCompared ? longestCompared : editDistance(a, b);
}

function segmentText(segment: Segment): string {
  return segment.kind === 'literal' ? segment.text : segment.kind === 'param' ? `{${segment.name}}` : '**';
}
