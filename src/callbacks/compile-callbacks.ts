import { show } from '../base/show.ts';
import { parseDuration } from '../base/units.ts';
import { need, type Callback, type CallbackRequest, type Compiler, type Facts, type Needs } from '../model/index.ts';
import { isMediaType } from '../replies/check-reply.ts';
import { headerText } from '../replies/header-text.ts';
import { asText, constant, filled, Unfit, type Value } from '../replies/value.ts';
import { DynamicText } from '../shapes/index.ts';
import { bodyKeys, bodyKinds, compileBody, type BodyKey } from './callback-body.ts';
import { compileCallbackHeaders } from './callback-headers.ts';
import { callbackMethods, longestAfterMs, type CallbackValue, type OneCallback } from './callback-shape.ts';
import { callbackUrl, mistakeInUrl } from './callback-url.ts';
import { compileSign, type Signing } from './sign.ts';

/** The callbacks of a rule, in order. What no request can change is worked out here. */
export function compileCallbacks(value: CallbackValue, compiler: Compiler): readonly Callback[] {
  return isList(value) ? value.map((one, index) => compileCallback(one, compiler.at(index))) : [compileCallback(value, compiler)];
}

function isList(value: CallbackValue): value is readonly OneCallback[] {
  return Array.isArray(value);
}

/** With a mistake in it a plan never serves, so this is never asked for its request. */
const broken: Callback = { needs: need.nothing, render: () => { throw new Error('A callback with a mistake was asked for its request'); } };

function compileCallback(value: OneCallback, compiler: Compiler): Callback {
  const key = bodyKeys.find((one) => Object.hasOwn(value, one)) ?? null;
  const badUrl = mistakeInUrl(value.to);
  if (badUrl) compiler.mistake(badUrl, ['to']);
  const to = badUrl ? null : filled(value.to, compiler.at('to'), callbackUrl);
  const method = value.method === undefined ? constant('POST') : value.method instanceof DynamicText ? filled(value.method.source, compiler.at('method'), methodOf) : constant(value.method);
  const after = compileAfter(value, compiler);
  const body = key === null ? constant(null) : compileBody(key, value[key], compiler);
  const headers = compileCallbackHeaders(value.headers ?? {}, compiler.at('headers'));
  const type = compileType(value, key, headers.named, compiler);
  const signing = value.sign === undefined ? undefined : compileSign(value.sign, compiler.at('sign'));
  if (value.sign && headers.named.has(value.sign.header.toLowerCase())) {
    compiler.mistake({ code: 'said-twice', message: `The header \`${value.sign.header}\` is given, and is that of the signature`, fix: 'Keep one of them' }, ['sign', 'header']);
  }
  if (!to || !method || !after || !body || type === 'broken' || signing === null) return broken;
  const agent = headers.named.has('user-agent') ? [] : [constant(['User-Agent', 'rehearsal'])];
  return assemble({ to, method, after, body, lines: [...(type ? [type] : []), ...headers.lines, ...agent], signing: signing ?? null, retry: value.retry ?? { times: 0, waitMs: 0 } });
}

interface Parts {
  readonly to: Value<string>;
  readonly method: Value<string>;
  readonly after: Value<number>;
  readonly body: Value<string | null>;
  /** Name, value, name, value … */
  readonly lines: readonly Value<readonly string[]>[];
  readonly signing: Signing | null;
  readonly retry: CallbackRequest['retry'];
}

function assemble({ to, method, after, body, lines, signing, retry }: Parts): Callback {
  const needs = [to, method, after, body, ...lines, ...(signing ? [signing] : [])].reduce<Needs>((sum, part) => sum | part.needs, need.nothing);
  return {
    needs,
    render(facts: Facts) {
      const request = { url: to.get(facts), method: method.get(facts), body: body.get(facts) };
      return {
        session: facts.session,
        url: request.url,
        method: request.method,
        headers: lines.flatMap((line) => line.get(facts)),
        body: request.body === null ? null : Buffer.from(request.body),
        afterMs: after.get(facts),
        retry,
        sign: signing ? signing.make(facts, { ...request, body: request.body ?? '' }) : null,
      };
    },
  };
}

function compileAfter(value: OneCallback, compiler: Compiler): Value<number> | null {
  const key = value.in === undefined ? 'after' : 'in';
  const given = value[key] ?? 0;
  return given instanceof DynamicText ? filled(given.source, compiler.at(key), waitOf) : constant(given);
}

/** The line of Content-Type; null when there is none. */
function compileType(value: OneCallback, key: BodyKey | null, named: ReadonlySet<string>, compiler: Compiler): Value<readonly string[]> | null | 'broken' {
  const { type } = value;
  if (type === undefined) return key === null || named.has('content-type') ? null : constant(['Content-Type', bodyKinds[key].type]);
  if (key === null) compiler.mistake({ code: 'no-body', message: '`type` needs a body, and this callback has none', expected: 'a body such as `json`', got: 'none' }, ['type'], 'key');
  if (named.has('content-type')) compiler.mistake({ code: 'said-twice', message: '`type` and the header `Content-Type` say the same thing', fix: 'Keep one of them' }, ['type'], 'key');
  if (!type.includes('${{') && !isMediaType(type)) compiler.mistake({ code: 'bad-media-type', message: 'This is no media type', expected: 'one such as `application/cloudevents+json`', got: show(type) }, ['type']);
  return filled(type, compiler.at('type'), (one): readonly string[] => ['Content-Type', headerText(one)]) ?? 'broken';
}

function methodOf(value: unknown): string {
  const method = asText(value).trim().toUpperCase();
  if ((callbackMethods as readonly string[]).includes(method)) return method;
  throw new Unfit('This is no method of a callback', `one of ${callbackMethods.map((one) => `\`${one}\``).join(', ')}`, show(value));
}

function waitOf(value: unknown): number {
  const text = asText(value).trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text)) : parseDuration(text);
  if (ms === null || ms > longestAfterMs) throw new Unfit('This is no time to wait', 'a duration of at most 3650 d, or milliseconds', show(value));
  return ms;
}
