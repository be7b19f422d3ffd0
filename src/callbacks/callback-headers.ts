import type { Mistake } from '../base/diagnostic.ts';
import { compileHeaders, headersShape } from '../replies/headers.ts';
import type { Compiler } from '../model/index.ts';
import type { Value } from '../replies/value.ts';
import type { Out } from '../shapes/index.ts';

const about = 'Headers of the request; null leaves out one that would come by itself.';

export const callbackHeadersShape: typeof headersShape = { ...headersShape, about, jsonSchema: (definitions) => ({ ...headersShape.jsonSchema(definitions), description: about }) };

const workedOut = 'It is worked out from the body';
const oneRequest = 'Every callback has a connection of its own';

/** What frames the request, or says whom it is for, is the server's own. */
const ownHeaders: Readonly<Record<string, string>> = {
  host: 'It is the host in `to`',
  'content-length': workedOut,
  'transfer-encoding': workedOut,
  trailer: workedOut,
  te: workedOut,
  expect: workedOut,
  connection: oneRequest,
  'keep-alive': oneRequest,
  'proxy-connection': oneRequest,
  upgrade: oneRequest,
};

/** The lines of each header, as name and value, and the names (lower case) that are given or left out. */
export function compileCallbackHeaders(headers: Out<typeof headersShape>, compiler: Compiler): { readonly lines: readonly Value<readonly string[]>[]; readonly named: ReadonlySet<string> } {
  const given: Record<string, (typeof headers)[string]> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    const mistake = mistakeInOwn(name);
    if (mistake) compiler.mistake(mistake, [name], 'key');
    else given[name] = value;
  }
  const compiled = compileHeaders(given, compiler);
  return { lines: compiled.headers.map(({ lines }) => lines), named: new Set(Object.keys(given).map((name) => name.toLowerCase())) };
}

/** Why a header cannot be set; null when it can. */
export function mistakeInOwn(name: string): Mistake | null {
  const lower = name.toLowerCase();
  return Object.hasOwn(ownHeaders, lower) ? { code: 'framing-header', message: `\`${name}\` cannot be set`, got: `\`${name}\``, fix: ownHeaders[lower] } : null;
}
