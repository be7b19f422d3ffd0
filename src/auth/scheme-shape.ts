import { show } from '../base/show.ts';
import type { Compiler, Scheme } from '../model/index.ts';
import { mapOf, object, optional, type Optional, type Out } from '../shapes/index.ts';
import { compileDenied, deniedShape } from './denied.ts';
import { kinds, schemeKinds } from './kinds.ts';

type Kinds = typeof kinds;
type KindShapes = { readonly [Key in keyof Kinds]: Optional<Kinds[Key]['shape']> };

const kindShapes = Object.fromEntries(schemeKinds.map((kind) => [kind.key, optional({ ...kind.shape, about: kind.about, jsonSchema: (definitions) => ({ ...kind.shape.jsonSchema(definitions), description: kind.about }) } satisfies typeof kind.shape)])) as unknown as KindShapes;

const asKey = 'Write the kind as the key, such as `apiKey: { … }`';

const schemeShape = object({ ...kindShapes, denied: optional(deniedShape) }, {
  name: 'a scheme', definition: 'scheme', expected: 'a scheme (a map with one of `apiKey`, `basic`, `bearer`, `jwt`, `oauth2`, `mtls`)',
  about: 'A way to tell who calls.',
  oneOf: { keys: schemeKinds.map(({ key }) => key), atLeastOne: true },
  foreign: { type: asKey, kind: asKey, scheme: asKey, oauth: 'Write `oauth2`', certificate: 'Write `mtls`', clientCertificate: 'Write `mtls`', token: 'Write `bearer` for fixed tokens, `jwt` for signed ones', unauthorized: 'Write `denied`', otherwise: 'Write `denied`' },
});

export type SchemeValue = Out<typeof schemeShape>;

/** The value of `auth` at the top of a file: schemes by name. */
export const authShape = mapOf(schemeShape, {
  expected: 'a map from names to schemes', about: 'Ways to tell who calls, by name. `requires: NAME` asks for one on every route, `auth: NAME` on one rule.',
  key(name) {
    if (name === 'none') return { code: 'taken-name', message: '`none` lifts what is required, so no scheme can have this name', expected: 'another name', got: '`none`' };
    return /^[a-zA-Z][\w-]{0,99}$/.test(name) ? null : { code: 'bad-name', message: `${show(name)} cannot be the name of a scheme`, expected: 'a letter, then letters, digits, `-` and `_`', got: show(name) };
  },
});

/**
 * A scheme made to run; null when its file says no kind for it, which has been told. `root`: the scenario at the end of the `extends`
 * chain, whose variations share keys and tokens.
 */
export function compileScheme(name: string, value: unknown, compiler: Compiler, root: string): Scheme | null {
  const given = value as SchemeValue;
  const kind = schemeKinds.find(({ key }) => (given as Readonly<Record<string, unknown>>)[key] !== undefined);
  const denied = compileDenied(given.denied, compiler.at('denied'));
  return kind ? kind.compile((given as Readonly<Record<string, unknown>>)[kind.key], compiler.at(kind.key), { name, root, denied }) : null;
}
