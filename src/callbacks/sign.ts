import { createHmac } from 'node:crypto';
import type { CallbackSignature, Compiler, Facts, Needs } from '../model/index.ts';
import { headerText, token } from '../replies/header-text.ts';
import { asText, filled, Unfit } from '../replies/value.ts';
import { object, oneOfWords, optional, text, type Out } from '../shapes/index.ts';
import { mistakeInOwn } from './callback-headers.ts';
import { keptFacts } from './kept-facts.ts';

/** What `over` may use, ahead of the names of the language: `body` is that of the callback. */
const overNames = ['time', 'body', 'url', 'method'] as const;
const valueNames = [...overNames, 'hex', 'base64'] as const;

export const signShape = object({
  hmac: oneOfWords(['sha1', 'sha256', 'sha512'], 'The hash under the HMAC (RFC 2104).'),
  secret: text({ about: 'The shared secret.' }),
  header: text({ pattern: token, expected: 'the name of a header, such as `X-Signature`', about: 'The header that carries the signature.' }),
  over: optional(text({ about: 'The text that is signed: `${{ body }}` unless said. `time` (seconds since 1970, of the attempt), `body` (of the callback), `url` and `method` are at hand.' })),
  value: optional(text({ about: 'The value of the header: `${{ hex }}` unless said. `hex` and `base64` are the signature; `time` and the other names of `over` are at hand, too.' })),
}, {
  name: '`sign`', expected: 'a map with `hmac`, `secret` and `header`', about: 'Signs the callback, each attempt anew.',
  foreign: { algorithm: 'Write `hmac`', alg: 'Write `hmac`', key: 'Write `secret`', name: 'Write `header`', payload: 'Write `over`', body: 'Write `over`', prefix: 'Write `value`, such as `value: \'sha256=${{ hex }}\'`', format: 'Write `value`' },
});

/** What a signature is made of, for one request. */
export interface Signing {
  readonly needs: Needs;
  /** Throws ExpressionFailure when it cannot be made; its `value` may throw it as well. */
  make(facts: Facts, request: { readonly body: string; readonly url: string; readonly method: string }): CallbackSignature;
}

/** Null after a mistake. */
export function compileSign(sign: Out<typeof signShape>, compiler: Compiler): Signing | null {
  const { hmac, header } = sign;
  const own = mistakeInOwn(header);
  if (own) compiler.mistake(own, ['header']);
  const secret = filled(sign.secret, compiler.at('secret'), someSecret);
  const over = compiler.at('over').withNames(overNames).template(sign.over ?? '${{ body }}');
  const value = compiler.at('value').withNames(valueNames).template(sign.value ?? '${{ hex }}');
  if (value?.fixed) compiler.mistake({ code: 'no-signature', message: '`value` leaves the signature out', expected: '`${{ hex }}` or `${{ base64 }}` in it', got: JSON.stringify(sign.value), fix: 'Write `\'${{ hex }}\'`' }, ['value']);
  if (own || !secret || !over || !value || value.fixed) return null;
  const needs = over.needs | value.needs;
  return {
    needs: needs | secret.needs,
    make(facts, request) {
      const key = secret.get(facts);
      const kept = keptFacts(facts, needs);
      const valueAt = (atMs: number): string => {
        const names = { ...kept.bound, ...request, time: Math.floor(atMs / 1000) };
        const mac = createHmac(hmac, key).update(asText(over.render({ ...kept, bound: names }))).digest();
        return headerText(value.render({ ...kept, bound: { ...names, hex: mac.toString('hex'), base64: mac.toString('base64') } }));
      };
      // What cannot be signed is found out now, while the exchange can still tell of it.
      valueAt(facts.now);
      return { header, value: valueAt };
    },
  };
}

function someSecret(value: unknown): string {
  const secret = asText(value);
  if (secret === '') throw new Unfit('The secret of the signature is empty', 'a secret', 'nothing');
  return secret;
}
