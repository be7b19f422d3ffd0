import { jsonTest } from '../matchers/values/test-shape.ts';
import { byKind, duration, invalid, list, mapOf, object, oneOfWords, optional, text, turned, type Out, type Shape } from '../shapes/index.ts';
import { contents, signatureNames, signatures, wrappings, type ContentName, type SignatureName, type WrappingName } from './jwt-algorithms.ts';
import { secretShape } from './jwt-secret.ts';
import { headerNameShape, literal, realmShape } from './literal.ts';
import { literalPathShape } from './literal-path.ts';

/** `none` is told apart from a slip: who writes it has to hear why not. */
const algShape: Shape<SignatureName> = turned(text({ expected: signatureNames.join(', '), about: 'How the token is signed. `none` is no choice.' }) as Shape<string, SignatureName>, (value, path, report) => {
  if (value.toLowerCase() !== 'none') return oneOfWords(signatureNames).parse(value, path, report);
  report(path, { code: 'wrong-value', message: 'Tokens without a signature are never taken', expected: 'an algorithm such as `HS256`', got: value });
  return invalid;
});

const encryptShape = object({
  alg: oneOfWords(Object.keys(wrappings) as WrappingName[], 'How the key of the content is wrapped.'),
  enc: oneOfWords(Object.keys(contents) as ContentName[], 'How the content is encrypted.'),
  secret: optional(secretShape),
}, { name: '`encrypt`', expected: 'a map such as `{ alg: A256KW, enc: A256CBC-HS512 }`', about: 'The signed token is encrypted as well: five parts instead of three.' });

const file = (about: string) => optional(literal({ expected: 'the name of a fixture', about }));

const fields = object({
  alg: { ...algShape, jsonSchema: () => ({ enum: signatureNames, description: algShape.about }) },
  secret: optional(secretShape),
  key: file('The private key in PEM that signs, for RS, PS, ES and EdDSA. Without any key the process makes a pair.'),
  publicKey: file('A public key or certificate in PEM whose tokens are taken.'),
  jwks: file('A set of public keys in JSON (RFC 7517) whose tokens are taken.'),
  keys: optional(literalPathShape('The path, from the root, at which our own public keys are served (RFC 7517).')),
  encrypt: optional(encryptShape),
  lifetime: optional(duration('How long an issued token is good; 1 h unless said.')),
  skew: optional(duration('How far clocks may be apart when `exp` and `nbf` are judged; 0 unless said, for there is one clock here.')),
  issuer: optional(literal({ about: '`iss` of issued tokens, and of those that are taken.' })),
  audience: optional(byKind([literal(), list(literal(), { min: 1 })], { expected: 'text, or a list', about: '`aud` of issued tokens; one of those that are taken.' })),
  header: optional(headerNameShape('The header that carries the token; `Authorization` unless said.')),
  prefix: optional(text({ pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]{0,100}$/, expected: 'a word, or empty text for none', about: 'The word before it; `Bearer` unless said, and none in a header of your own.' })),
  claims: optional(mapOf(jsonTest, { expected: 'a map from claims to values or tests', about: 'What the claims of a token have to be.' })),
  subject: optional(literal({ about: 'The claim that says who calls; `sub` unless said.' })),
  scope: optional(literal({ about: 'The claim that holds the scope; `scope` unless said.' })),
  realm: optional(realmShape),
}, { name: '`jwt`', expected: 'a map such as `{ alg: HS256, lifetime: 1 h }`', foreign: { algorithm: 'Write `alg`', iss: 'Write `issuer`', aud: 'Write `audience`', expires: 'Write `lifetime`', expiresIn: 'Write `lifetime`', exp: 'Write `lifetime`', leeway: 'Write `skew`', jwksUri: 'Write `keys` for the path at which ours are served, `jwks` for a fixture with those of others' } });

/** The value of `jwt`: keys that go with its algorithm alone. */
export const jwtShape = turned(fields, (value, path, report) => {
  const secret = signatures[value.alg].kind === 'secret';
  const stray = (secret ? (['key', 'publicKey', 'jwks', 'keys'] as const) : (['secret'] as const)).find((name) => value[name] !== undefined);
  if (stray === undefined) return value;
  const fix = secret ? 'Write `secret`, or an algorithm such as `RS256`' : 'Write `key` with a fixture, or an algorithm such as `HS256`';
  report([...path, stray], { code: 'stray-key', message: `\`${stray}\` does not go with ${value.alg}`, expected: secret ? '`secret`, or nothing' : '`key`, `publicKey`, `jwks`, or nothing', got: `\`${stray}\``, fix }, 'key');
  return invalid;
});

export type JwtValue = Out<typeof jwtShape>;
