import type { Path } from '../base/place.ts';
import { compileMatchers } from '../matchers/index.ts';
import type { Compiler, MatcherMap, RecordedAsks, RecordedMatch } from '../model/index.ts';
import { valueKind } from '../shapes/index.ts';

const remembered = 'the journal keeps requests, not what the scenario remembered';
const counted = 'the journal keeps requests, not what was counted and drawn';
const lookAtRequest = 'Look at the request: `query`, `headers`, `json` …';

/** Matchers that look at more than a request. */
const notRecorded: Readonly<Record<string, { readonly why: string; readonly fix: string }>> = {
  state: { why: remembered, fix: lookAtRequest },
  vars: { why: remembered, fix: lookAtRequest },
  find: { why: remembered, fix: lookAtRequest },
  call: { why: counted, fix: 'Write `count` beside `match`' },
  rate: { why: counted, fix: 'Write `count` beside `match`' },
  chance: { why: counted, fix: lookAtRequest },
};

interface Asking extends RecordedAsks {
  readonly headers: Set<string>;
  readonly query: Set<string>;
  readonly body: Set<string>;
  readonly parts: Set<string>;
  readonly sources: string[];
  wholeBody: boolean;
}

/** Compiles matchers that are asked afterwards, of requests in the journal. What cannot be asked then is a mistake. */
export function compileRecordedMatch(map: MatcherMap, compiler: Compiler): RecordedMatch {
  const asks: Asking = { headers: new Set(), query: new Set(), body: new Set(), parts: new Set(), sources: [], wholeBody: false };
  const isWell = note(map, [], asks, compiler);
  return { matchers: isWell ? Object.keys(map).map((key) => compileMatchers({ [key]: map[key] }, compiler)) : [], asks };
}

/** Notes what is asked for; tells what cannot be, and gives false then. */
function note(map: MatcherMap, path: Path, asks: Asking, compiler: Compiler): boolean {
  return Object.entries(map).map(([key, value]): boolean => {
    const at = [...path, key];
    if (key === 'not') return note(value as MatcherMap, at, asks, compiler);
    if (key === 'any' || key === 'all') return (value as readonly MatcherMap[]).map((one, index) => note(one, [...at, index], asks, compiler)).every(Boolean);
    if (!Object.hasOwn(notRecorded, key)) {
      noteLeaf(key, value, asks);
      return true;
    }
    const { why, fix } = notRecorded[key]!;
    compiler.mistake({ code: 'not-recorded', message: `\`${key}\` cannot be judged afterwards: ${why}`, fix }, at, 'key');
    return false;
  }).every(Boolean);
}

function noteLeaf(key: string, value: unknown, asks: Asking): void {
  switch (key) {
    case 'headers':
      for (const name of namesAsked(value)) asks.headers.add(name.toLowerCase());
      break;
    // The journal keeps no cookies, whatever their names.
    case 'cookies':
      if (Object.keys(value as object).length > 0) asks.headers.add('cookie');
      break;
    case 'query':
      for (const name of namesAsked(value)) asks.query.add(name);
      break;
    case 'form':
      for (const name of namesAsked(value)) asks.body.add(name);
      break;
    case 'json':
      noteKeys(value, asks.body);
      break;
    case 'multipart':
      for (const [name, test] of Object.entries(value as object)) {
        asks.parts.add(name);
        if (valueKind(test) !== 'map' || contentTests.some((one) => Object.hasOwn(test as object, one))) asks.body.add(name);
        if (valueKind(test) === 'map') noteKeys((test as Record<string, unknown>)['json'], asks.body);
      }
      break;
    case 'text':
      asks.wholeBody = true;
      break;
    case 'if':
      asks.sources.push(String(value));
      break;
    case 'jsonPath': case 'xpath':
      asks.sources.push(...Object.keys(value as object));
      break;
    default:
  }
}

/** Tests of a part that look at its content. */
const contentTests = ['text', 'size', 'sha256', 'json', 'schema'];

/** Names under which more is asked than whether something is there. */
function namesAsked(tests: unknown): readonly string[] {
  return Object.entries(tests as object).filter(([, test]) => !asksPresence(test)).map(([name]) => name);
}

function asksPresence(test: unknown): boolean {
  return valueKind(test) === 'map' && Object.keys(test as object).join() === 'present';
}

/** Every key of a JSON pattern, at any depth; operators among them do no harm. */
function noteKeys(pattern: unknown, names: Set<string>): void {
  if (Array.isArray(pattern)) for (const item of pattern) noteKeys(item, names);
  else if (valueKind(pattern) === 'map') {
    for (const [key, inner] of Object.entries(pattern as object)) {
      if (!asksPresence(inner)) names.add(key);
      noteKeys(inner, names);
    }
  }
}
