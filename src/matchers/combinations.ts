import { stringifyJson } from '../base/json.ts';
import { printable } from '../base/show.ts';
import type { Facts, Matcher, MatcherKind, MatcherMap, Mismatch } from '../model/index.ts';
import { list, type Shape } from '../shapes/index.ts';
import { joinMatchers } from './join.ts';
import { mismatchInWords } from './mismatch.ts';
import { namesBoundIn } from './stages.ts';

/** The matchers that are made of others. `map` is the shape of a map of matchers. */
export function combinations<In>(map: Shape<MatcherMap, In>): { any: MatcherKind<readonly MatcherMap[], readonly In[]>; all: MatcherKind<readonly MatcherMap[], readonly In[]>; not: MatcherKind<MatcherMap, In> } {
  const maps = list(map, { min: 1, expected: 'a list of at least one map of matchers' });
  return { any: { ...any, shape: maps }, all: { ...all, shape: maps }, not: { ...not, shape: map } };
}

type WithoutShape<Out> = Omit<MatcherKind<Out>, 'shape'>;

const any: WithoutShape<readonly MatcherMap[]> = {
  key: 'any',
  about: 'At least one of these maps of matchers holds.',
  examples: [
    { yaml: '[{ query: { id: 1 } }, { headers: { x-id: 1 } }]', request: { headers: { 'x-id': '1' } }, holds: true },
    { yaml: '[{ query: { id: 1 } }, { headers: { x-id: 1 } }]', request: { url: '/?id=2' }, holds: false, because: ['any: query `id`: expected 1, got 2; or header `x-id`: expected 1, got nothing'] },
  ],
  compile(maps, compiler) {
    const options = maps.map((map, index) => unboundUnless(true, map, compiler.at(index).matchers(map)));
    const [first, ...rest] = options;
    const pins = (first?.pins ?? []).filter((pin) => rest.every((option) => option.pins.some((other) => other.in === pin.in && other.name === pin.name && other.value === pin.value)));
    return {
      needs: options.reduce((needs, option) => needs | option.needs, 0), leaves: 1, pins,
      holds(facts) {
        for (let index = 0; index < options.length; index += 1) if (options[index]!.holds(facts)) return true;
        return false;
      },
      explain(facts) {
        const failures: (readonly Mismatch[])[] = [];
        for (const option of options) {
          // Asked as `holds` asks: what throws in a later option must not matter when an earlier one holds.
          const mismatches = option.explain(facts);
          if (mismatches.length === 0) return [];
          failures.push(mismatches);
        }
        return [noneHolds(failures, options.map((option) => option.leaves))];
      },
    };
  },
};

/** One leaf: the nearest option says how near it was and which status it would have in a strict answer. */
function noneHolds(failures: readonly (readonly Mismatch[])[], leaves: readonly number[]): Mismatch {
  const ranked = failures.map((mismatches, index) => ({ mismatches, nearness: 1 - mismatches.reduce((sum, one) => sum + 1 - one.nearness, 0) / Math.max(1, leaves[index]!, mismatches.length) }));
  const nearest = ranked.reduce((best, one) => (one.nearness > best.nearness ? one : best));
  const shown = failures.slice(0, 8).map((mismatches) => mismatches.slice(0, 4).map((one) => one.text).join(', and '));
  const texts = `${shown.join('; or ')}${failures.length > 8 ? `; or ${failures.length - 8} more` : ''}`;
  return mismatchInWords('any', `any: ${texts}`, `one of ${failures.length} alternatives to hold`, 'none of them', nearest.nearness, nearest.mismatches[0]?.status);
}

const all: WithoutShape<readonly MatcherMap[]> = {
  key: 'all',
  about: 'Each of these maps of matchers holds.',
  examples: [
    { yaml: '[{ query: { tag: red } }, { query: { tag: blue } }]', request: { url: '/?tag=red&tag=blue' }, holds: true },
    { yaml: '[{ query: { tag: red } }, { query: { tag: blue } }]', request: { url: '/?tag=red' }, holds: false, because: ['query `tag`: expected blue, got red'] },
  ],
  compile(maps, compiler) {
    const matchers = maps.map((map, index) => compiler.at(index).matchers(map));
    return joinMatchers(matchers, maps.some((map) => namesBoundIn(map).length > 0) ? matchers.map((_, index) => index) : null);
  },
};

const not: WithoutShape<MatcherMap> = {
  key: 'not',
  about: 'This map of matchers does not hold.',
  examples: [
    { yaml: '{ query: { id: 1 } }', request: { url: '/?id=2' }, holds: true },
    { yaml: '{ query: { id: 1 } }', request: { url: '/?id=1' }, holds: false, because: ['not: expected anything but {"query":{"id":1}}, got just that'] },
  ],
  compile(map, compiler) {
    const inner = unboundUnless(false, map, compiler.matchers(map));
    const written = printable(stringifyJson(map));
    const shown = written.length <= 160 ? written : `${written.slice(0, 159)}…`;
    return {
      needs: inner.needs, leaves: 1, pins: [],
      holds: (facts) => !inner.holds(facts),
      explain: (facts) => (inner.holds(facts) ? [mismatchInWords('not', `not: expected anything but ${shown}, got just that`, `anything but ${shown}`, 'just that')] : []),
    };
  },
};

/** What a branch has bound is null for the rest of the rule unless the branch is the one that counts. */
function unboundUnless(counts: boolean, map: MatcherMap, matcher: Matcher): Matcher {
  const names = namesBoundIn(map);
  if (names.length === 0) return matcher;
  const settle = (facts: Facts, holds: boolean): void => {
    if (!holds || !counts) for (const name of names) facts.bind(name, null);
  };
  return {
    ...matcher,
    holds(facts) {
      const holds = matcher.holds(facts);
      settle(facts, holds);
      return holds;
    },
    explain(facts) {
      const mismatches = matcher.explain(facts);
      settle(facts, mismatches.length === 0);
      return mismatches;
    },
  };
}
