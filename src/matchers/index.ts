import { type Compiler, type Matcher, type MatcherKind, type MatcherMap } from '../model/index.ts';
import { lazily, object, optional, type ObjectIn, type Optional, type Shape } from '../shapes/index.ts';
import { call } from './call.ts';
import { chance } from './chance.ts';
import { combinations } from './combinations.ts';
import { contentType } from './content-type.ts';
import { cookies } from './cookies.ts';
import { find } from './find.ts';
import { form } from './form.ts';
import { headers } from './headers.ts';
import { ifMatcher } from './if.ts';
import { joinMatchers } from './join.ts';
import { jsonPath } from './json-path.ts';
import { json } from './json.ts';
import { multipart } from './multipart.ts';
import { params } from './params.ts';
import { query } from './query.ts';
import { rate } from './rate.ts';
import { raw } from './raw.ts';
import { schema } from './schema.ts';
import { namesBoundIn, stageOf } from './stages.ts';
import { state } from './state.ts';
import { text } from './text.ts';
import { vars } from './vars.ts';
import { xpath } from './xpath.ts';

/** Every kind that looks at a request by itself: a new one is a file and a line here. */
const leafKinds = { query, headers, cookies, params, form, json, jsonPath, schema, text, raw, xpath, multipart, contentType, state, vars, find, call, chance, rate, if: ifMatcher };

type OptionalShapes<K extends Readonly<Record<string, MatcherKind>>> = { readonly [Key in keyof K]: Optional<K[Key]['shape']> };
type LeafIn = ObjectIn<OptionalShapes<typeof leafKinds>>;

/** A map of matchers as an author writes it, under `when` and `expect`: all must hold. */
export interface MatchersIn extends LeafIn {
  readonly any?: readonly MatchersIn[];
  readonly all?: readonly MatchersIn[];
  readonly not?: MatchersIn;
}

const bodyKinds = 'Write `json` for a JSON body, `text` for any other';
const inTheRoute = 'Method and path stand in the route, such as `POST /tasks`';
const foreign = { body: bodyKinds, payload: bodyKinds, method: inTheRoute, path: inTheRoute, url: inTheRoute, parts: 'Write `multipart`', file: 'Write `multipart`', files: 'Write `multipart`', probability: 'Write `chance`' };

const combined = combinations<MatchersIn>(lazily('a map of matchers', ['map'], () => matcherMapShape));

/** All kinds, in the order of the reference page. */
export const matcherKinds: readonly MatcherKind[] = [...Object.values(leafKinds), ...Object.values(combined)];

const kindsByKey: ReadonlyMap<string, MatcherKind> = new Map(matcherKinds.map((kind) => [kind.key, kind]));

/** The shape of a map of matchers: every key optional, unknown keys are mistakes. */
export const matcherMapShape: Shape<MatcherMap, MatchersIn> = object(
  Object.fromEntries(matcherKinds.map((kind) => [kind.key, optional({ ...kind.shape, about: kind.about })])),
  { name: 'a map of matchers', definition: 'matchers', foreign, expected: 'a map of matchers such as `{ query: { id: 1 } }`', about: 'Matchers: all must hold.' },
) as unknown as Shape<MatcherMap, MatchersIn>;

/** Compiles a checked map of matchers: the result holds when all of them do. */
export function compileMatchers(map: MatcherMap, compiler: Compiler): Matcher {
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  const binds = map['find'] !== undefined || namesBoundIn(map).length > 0;
  const made = new Map<string, Matcher>();
  // A name must be bound before it is used, in whatever order the keys are written.
  for (const key of binds ? keys.toSorted((a, b) => stageOf(a) - stageOf(b)) : keys) {
    const kind = kindsByKey.get(key);
    if (!kind) throw new Error(`No kind of matcher is called \`${key}\``);
    made.set(key, kind.compile(map[key], compiler.at(key)));
  }
  return joinMatchers(keys.map((key) => made.get(key)!), binds ? keys.map(stageOf) : null);
}
