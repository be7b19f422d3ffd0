/** Names of query, form and JSON values that are secret. */
export interface SecretNames {
  /** Whether a name, decoded, is that of a secret, in any letters. */
  has(name: string): boolean;
  /** A text in which this finds nothing holds no secret of that name, encoded or not. */
  readonly mayOccur: RegExp;
  /** A key with what stands between it and its value, in text that is no JSON. Global. */
  readonly looseKey: RegExp;
  /** A key and its value in JSON that stands as text within JSON: slashes, name, what is between, string, scalar. Global. */
  readonly innerPair: RegExp;
}

/** Those that are always secret. */
const always = ['password', 'client_secret', 'secret', 'access_token', 'refresh_token', 'token', 'api_key'];

/** Those that always are, and these. */
export function createSecretNames(more: readonly string[]): SecretNames {
  // Bodies are looked through as bytes: a letter beyond ASCII is there what its bytes are.
  const given = more.filter((name) => name !== '').flatMap((name) => [name, Buffer.from(name, 'utf8').toString('latin1')]);
  const names = new Set([...always, ...given].map((name) => name.toLowerCase()));
  const lengths = [...names].map((name) => name.length);
  const shortest = Math.min(...lengths);
  const longest = Math.max(...lengths);
  const further = [...names].filter((name) => !always.includes(name)).map(pattern);
  // Letters and `_` are all that the names above are written with, so only their codes are looked for.
  const codes = further.every((name) => /^[a-z_]*$/.test(name)) ? ['%[4-7][0-9a-f]', '\\\\u00'] : ['%[0-9a-f]{2}', '\\\\u[0-9a-f]{4}'];
  const any = [...always, ...further].join('|');
  return {
    has: (name) => name.length >= shortest && name.length <= longest && names.has(name.toLowerCase()),
    mayOccur: new RegExp(['password', 'secret', 'token', 'api_key', ...further, ...codes].join('|'), 'i'),
    looseKey: new RegExp(`(?<![\\w$])(?:${any})(?![\\w$])\\\\{0,7}["']?\\s{0,100}[:=]\\s{0,100}`, 'gi'),
    innerPair: new RegExp(`(\\\\{1,7})"(${any})\\1"(\\s{0,20}:\\s{0,20})(?:\\1"([^"\\\\]*)|([^\\\\",\\]}\\s]+))`, 'gi'),
  };
}

/** A space is also written as `+`. */
function pattern(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll(' ', '[ +]');
}
