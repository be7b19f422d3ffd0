import type { Mistake } from '../base/diagnostic.ts';
import { didYouMean } from '../base/nearest.ts';
import type { Path } from '../base/place.ts';
import { kindOf, show } from '../base/show.ts';
import { matcherKinds } from '../matchers/index.ts';
import type { Segment } from '../model/index.ts';
import { replyKeys, replyShape } from '../replies/index.ts';
import { gotWords, invalid, type Out, type Report, type Shape } from '../shapes/index.ts';
import { authShape } from '../auth/index.ts';
import { collectionsShape } from '../memory/index.ts';
import { resourcesShape } from '../resources/index.ts';
import { parseEntries, parseWord, type WrittenDeclarations } from './declarations.ts';
import { baseShape, beforeRuleShape, extendsShape, requiresShape, ruleShape, scenarioNameShape, stateNameShape, strictShape, summaryShape, topKeys, varsShape, type ParsedRuleValue } from './file-shape.ts';
import type { Mistakes } from './mistakes.ts';
import type { Places } from './places.ts';
import type { ReadFile } from './source.ts';
import { methods, parseBase, parseRouteKey, pathShape, type RouteKey } from './route-key.ts';
import { parseVerify, type WrittenVerifyEntry } from './parse-verify.ts';
import { salvage } from './salvage.ts';
import { shorten } from './yaml-messages.ts';

export type ParsedReply = Out<typeof replyShape>;

/** A rule where it is written. */
export interface WrittenRule {
  readonly places: Places;
  readonly path: Path;
  /** As it came from the file. */
  readonly raw: unknown;
  /** What could be made of it; null when that is nothing. */
  readonly parsed: ParsedRuleValue | null;
}

export interface WrittenRoute {
  readonly places: Places;
  readonly path: Path;
  /** The key as written. */
  readonly written: string;
  /** Null when the key is wrong. */
  readonly key: RouteKey | null;
  /** Equal for routes that the same requests reach. */
  readonly shape: string;
  /** Null: the route is taken out of the parent. */
  readonly rules: readonly WrittenRule[] | null;
  readonly raw: unknown;
}

export interface WrittenReply {
  readonly places: Places;
  readonly path: Path;
  /** Null: taken out of the parent's; `undefined` when nothing could be made of it. */
  readonly parsed: ParsedReply | null | undefined;
}

/** What one source says, before its parents are looked at. For top keys: undefined when not written, null when taken out. */
export interface ScenarioFile {
  readonly places: Places;
  /** Null when missing or wrong. */
  readonly name: string | null;
  readonly extends: string | null;
  readonly summary: string | null | undefined;
  readonly base: { readonly text: string; readonly segments: readonly Segment[] } | null | undefined;
  readonly strict: boolean | null | undefined;
  readonly before: readonly WrittenRule[] | null | undefined;
  /** Null: all of the parent's are taken out. */
  readonly routes: readonly WrittenRoute[] | null;
  readonly errors: ReadonlyMap<string, WrittenReply> | null;
  readonly declarations: WrittenDeclarations;
  readonly verify: readonly WrittenVerifyEntry[] | null | undefined;
}

/** Reads the values of one source into the nouns of the language; tells every mistake on the way. */
export function parseFile(read: ReadFile, mistakes: Mistakes): ScenarioFile | null {
  const { places, value } = read;
  const report = mistakes.reporter(places);
  if (value === undefined) return null;
  if (value === null) {
    report([], { code: 'empty-file', message: 'The file is empty', expected: 'a scenario: at least `scenario: NAME` and `routes:`', fix: 'Write a scenario, or take the file away' });
    return null;
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    report([], { code: 'wrong-kind', message: 'A file holds one scenario', expected: 'a map with `scenario`, `routes` …', got: gotWords(value) });
    return null;
  }
  const given = value as Record<string, unknown>;
  checkTopKeys(given, report);
  const isVariation = given['extends'] !== undefined;
  return {
    places,
    name: one(scenarioNameShape, given, 'scenario', report) ?? null,
    extends: one(extendsShape, given, 'extends', report) ?? null,
    summary: removable(summaryShape, given, 'summary', report),
    base: parseBaseKey(given, report),
    strict: removable(strictShape, given, 'strict', report),
    before: parseBefore(given, places, report),
    routes: given['routes'] === null && isVariation ? null : parseRoutes(given['routes'], isVariation, places, report),
    errors: given['errors'] === null ? null : parseErrors(given['errors'], isVariation, places, report),
    declarations: {
      state: parseWord(stateNameShape, given, 'state', places, report),
      requires: parseWord(requiresShape, given, 'requires', places, report),
      vars: parseEntries(varsShape, given, 'vars', isVariation, places, report),
      collections: parseEntries(collectionsShape, given, 'collections', isVariation, places, report),
      resources: parseEntries(resourcesShape, given, 'resources', isVariation, places, report),
      auth: parseEntries(authShape, given, 'auth', isVariation, places, report),
    },
    verify: parseVerify(given, places, report),
  };
}

function checkTopKeys(given: Record<string, unknown>, report: Report): void {
  const known: readonly string[] = topKeys;
  for (const key of Object.keys(given)) {
    if (key.startsWith('x-') || known.includes(key)) continue;
    report([key], { code: 'unknown-key', message: `\`${shorten(key)}\` is not a key of a scenario`, expected: `one of ${known.map((name) => `\`${name}\``).join(', ')}`, got: `\`${shorten(key)}\``, fix: topKeyFix(key, known) }, 'key');
  }
  if (!Object.hasOwn(given, 'scenario')) report([], { code: 'missing-key', message: 'A scenario needs `scenario`', expected: scenarioNameShape.expected, got: 'nothing', fix: 'Write `scenario: NAME` at the top' });
}

function topKeyFix(key: string, known: readonly string[]): string | undefined {
  if (methods.includes(key.split(' ')[0]!.toUpperCase()) && key.includes('/')) return 'Put routes under `routes:`';
  return key === 'name' ? 'Did you mean `scenario`?' : didYouMean(key, known);
}

function one<O>(shape: Shape<O, any>, given: Record<string, unknown>, key: string, report: Report): O | undefined {
  if (!Object.hasOwn(given, key)) return undefined;
  const parsed = shape.parse(given[key], [key], report);
  return parsed === invalid ? undefined : parsed;
}

function removable<O>(shape: Shape<O, any>, given: Record<string, unknown>, key: string, report: Report): O | null | undefined {
  return given[key] === null ? null : one(shape, given, key, report);
}

function parseBaseKey(given: Record<string, unknown>, report: Report): ScenarioFile['base'] {
  const text = removable(baseShape, given, 'base', report);
  if (typeof text !== 'string') return text;
  const segments = parseBase(text, (mistake) => report(['base'], mistake));
  return segments === null ? undefined : { text, segments };
}

function parseBefore(given: Record<string, unknown>, places: Places, report: Report): ScenarioFile['before'] {
  const value = given['before'];
  if (value === undefined || value === null) return value;
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!Array.isArray(value) && (typeof value !== 'object')) {
    report(['before'], { code: 'wrong-kind', message: 'Wrong kind of value for `before`', expected: 'a list of rules', got: gotWords(value) });
    return undefined;
  }
  return items.map((raw, index) => {
    const path = Array.isArray(value) ? ['before', index] : ['before'];
    const parsed = salvage(beforeRuleShape, raw, path, helpful(path, report))?.value ?? null;
    if (parsed && typeof raw === 'object' && raw !== null) checkBeforeRule(raw, path, report);
    return { places, path, raw, parsed };
  });
}

function checkBeforeRule(raw: object, path: Path, report: Report): void {
  const replies = Object.hasOwn(raw, 'respond');
  const delays = Object.hasOwn(raw, 'delay');
  const acts = ['do', 'auth'].some((key) => Object.hasOwn(raw, key));
  if (!replies && Object.hasOwn(raw, 'callback')) report([...path, 'callback'], { code: 'misplaced-key', message: 'A rule of `before` that lets the request go on calls nobody back', expected: '`callback` beside `respond`', fix: 'Put it in the rule that responds' }, 'key');
  if (replies && delays) report([...path, 'delay'], { code: 'misplaced-key', message: 'The `delay` of a rule that responds belongs to its reply', expected: '`delay` under `respond`', fix: 'Move it under `respond`' }, 'key');
  else if (!replies && !delays && !acts && !Object.hasOwn(raw, 'expect')) report(path, { code: 'no-effect', message: 'This rule of `before` does nothing', expected: '`respond`, or `do`, `auth` or a `delay` after which the request goes on', got: 'neither', fix: 'Give it `respond: { status: 204 }` if it is to answer' });
}

function parseRoutes(value: unknown, isVariation: boolean, places: Places, report: Report): readonly WrittenRoute[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) {
    report(['routes'], { code: 'wrong-kind', message: 'Wrong kind of value for `routes`', expected: 'a map from `METHOD /path` to a rule or a list of rules', got: gotWords(value) });
    return [];
  }
  return Object.entries(value).map(([written, raw]) => {
    const path = ['routes', written];
    const key = parseRouteKey(written, (mistake) => report(path, mistake, 'key'));
    const shape = key ? `${key.method} ${pathShape(key.segments)}` : written;
    return { places, path, written, key, shape, raw, rules: raw === null && isVariation ? null : parseRules(raw, path, places, report) };
  });
}

function parseRules(raw: unknown, path: Path, places: Places, report: Report): readonly WrittenRule[] {
  if (Array.isArray(raw) && raw.length > 0) return raw.map((item, index) => parseRule(item, [...path, index], places, report));
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return [parseRule(raw, path, places, report)];
  const route = shorten(String(path.at(-1)));
  report(path, { code: 'no-rule', message: `The route \`${route}\` has no rule`, expected: 'a rule (a map), or a list of at least one rule', got: Array.isArray(raw) ? 'an empty list' : kindOf(raw), fix: 'For an empty answer write `{ respond: { status: 204 } }`' });
  return [];
}

function parseRule(raw: unknown, path: Path, places: Places, report: Report): WrittenRule {
  return { places, path, raw, parsed: salvage(ruleShape as typeof beforeRuleShape, raw, path, helpful(path, report))?.value ?? null };
}

function parseErrors(value: unknown, isVariation: boolean, places: Places, report: Report): ReadonlyMap<string, WrittenReply> {
  const replies = new Map<string, WrittenReply>();
  if (value === undefined) return replies;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(['errors'], { code: 'wrong-kind', message: 'Wrong kind of value for `errors`', expected: 'a map from a status or `default` to a reply', got: gotWords(value) });
    return replies;
  }
  for (const [status, raw] of Object.entries(value)) {
    const path = ['errors', status];
    if (status !== 'default' && !/^[45]\d\d$/.test(status)) report(path, { code: 'bad-status', message: `${show(status)} is not a status of an error`, expected: 'a status from 400 to 599, or `default`', got: show(status), fix: didYouMean(status, ['default']) }, 'key');
    const parsed = raw === null && isVariation ? null : salvage(replyShape, raw, path, report)?.value;
    replies.set(status, { places, path, parsed });
  }
  return replies;
}

/** Keys of a reply or of `when` that stand beside them instead of in them are told where they belong. */
function helpful(rulePath: Path, report: Report): Report {
  return (path, mistake, at) => {
    const key = path.at(-1);
    if (mistake.code !== 'unknown-key' || path.length !== rulePath.length + 1 || typeof key !== 'string') return report(path, mistake, at);
    return report(path, { ...mistake, fix: belongsTo(key) ?? mistake.fix } satisfies Mistake, at);
  };
}

function belongsTo(key: string): string | undefined {
  const inReply = replyKeys.includes(key);
  const inMatcher = matcherKinds.some((kind) => kind.key === key);
  if (inReply && inMatcher) return `Put it under \`respond\`, or under \`when\` to look at the request`;
  if (inReply) return 'Put it under `respond`';
  return inMatcher ? 'Put it under `when`' : undefined;
}
