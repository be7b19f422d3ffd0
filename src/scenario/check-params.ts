import { didYouMean } from '../base/nearest.ts';
import type { Path } from '../base/place.ts';
import type { Segment } from '../model/index.ts';
import type { Mistakes } from './mistakes.ts';
import type { WrittenRoute } from './parse-file.ts';
import type { Places } from './places.ts';

/** Tests of `{name}` segments that the route's path does not have: they could never hold. */
export function checkParams(route: WrittenRoute, segments: readonly Segment[], mistakes: Mistakes): void {
  const names = segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : segment.kind === 'rest' ? ['**'] : []));
  for (const { raw, path, places } of route.rules ?? []) {
    if (!isMap(raw)) continue;
    for (const key of ['when', 'expect']) if (Object.hasOwn(raw, key)) visit(raw[key], [...path, key], names, places, mistakes);
  }
}

function visit(matchers: unknown, path: Path, names: readonly string[], places: Places, mistakes: Mistakes): void {
  if (!isMap(matchers)) return;
  const { params, any, all, not } = matchers;
  if (isMap(params)) {
    for (const name of Object.keys(params)) {
      if (names.includes(name)) continue;
      const known = names.map((one) => (one === '**' ? '`**`' : `\`{${one}}\``)).join(', ');
      mistakes.add(places, [...path, 'params', name], { code: 'unknown-param', message: `The path has no \`{${name}}\``, expected: known === '' ? 'a route with a `{name}` in its path' : `one of ${known}`, got: `\`${name}\``, fix: didYouMean(name, names) }, 'key');
    }
  }
  visit(not, [...path, 'not'], names, places, mistakes);
  for (const [key, list] of [['any', any], ['all', all]] as const) {
    if (Array.isArray(list)) list.forEach((item, index) => visit(item, [...path, key, index], names, places, mistakes));
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
