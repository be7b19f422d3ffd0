import { stampOf } from '../memory/index.ts';
import { didYouMean } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import type { Collection, Compiler, SchemeKind } from '../model/index.ts';
import { invalid, object, optional, text, turned, type Out } from '../shapes/index.ts';
import { grantsOf, plainScheme, type AuthScheme } from './auth-scheme.ts';
import { placeInWords, readCredential, secretsOf, type CredentialPlace } from './credentials.ts';
import { plainDoor } from './door.ts';
import { holderOf, holderShape, type Holder } from './holder.ts';
import { keyIssuer, keyRows, type KeyFields } from './key-rows.ts';
import { headerNameShape, isSendable, literal, realmShape, secretsMap } from './literal.ts';
import { SecretTable } from './secret-table.ts';

const word = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

const fields = object({
  header: optional(headerNameShape('The header that carries the key.')),
  prefix: optional(literal({ pattern: word, expected: 'a word without spaces', about: 'The word before the key in the header, such as `ApiKey`.' })),
  query: optional(literal({ about: 'The query parameter that carries the key.' })),
  cookie: optional(literal({ about: 'The cookie that carries the key.' })),
  keys: optional(secretsMap(holderShape, 'key', 'Each key with whom it stands for, or with `{ subject, scope }`.')),
  in: optional(text({ expected: 'the name of a collection', about: 'The collection whose rows are the keys.' })),
  field: optional(literal({ about: 'The field of a row that holds the key.' })),
  subject: optional(literal({ about: 'The field of a row that says whom the key stands for.' })),
  scope: optional(literal({ about: 'The field of a row that holds the scope: words in one text, or a list.' })),
  realm: optional(realmShape),
}, {
  name: '`apiKey`', expected: 'a map such as `{ header: api-key, keys: { k-acme: acme } }`',
  oneOf: { keys: ['header', 'query', 'cookie'], atLeastOne: true },
  foreign: { name: 'Write the name under `header`, `query` or `cookie`', key: 'Write `keys: { KEY: SUBJECT }`', collection: 'Write `in`' },
});

const ofRows = ['field', 'subject', 'scope'] as const;

/** The keys stand in the file or in a collection, and the fields belong to the latter. */
const shape = turned(fields, (value, path, report) => {
  const wrong = (message: string, at: readonly string[], fix?: string): typeof invalid => {
    report([...path, ...at], { code: at.length === 0 ? 'missing-key' : 'too-many-keys', message, expected: '`keys`, or `in` with `field`', fix }, at.length === 0 ? 'value' : 'key');
    return invalid;
  };
  if (value.prefix !== undefined && value.header === undefined) return wrong('`prefix` belongs to a header', ['prefix'], 'Take it out, or write `header`');
  if (value.keys === undefined && value.in === undefined) return wrong('`apiKey` needs to say which keys there are', [], 'Write `keys: { KEY: SUBJECT }`, or `in: COLLECTION` and `field: FIELD`');
  if (value.keys !== undefined && value.in !== undefined) return wrong('`apiKey` can have only one of `keys` and `in`', ['keys']);
  if (value.in !== undefined && value.field === undefined) return wrong('`in` needs `field`', [], 'Write `field` with the name of the field that holds the key');
  const stray = value.in === undefined ? ofRows.find((key) => value[key] !== undefined) : undefined;
  return stray === undefined ? value : wrong(`\`${stray}\` belongs to \`in\``, [stray], `Take it out${stray === 'field' ? '' : `, or write \`keys: { KEY: { ${stray}: … } }\``}`);
});

type Value = Out<typeof shape>;

export const apiKey = {
  key: 'apiKey',
  about: 'A key in a header, the query or a cookie: keys in the file, or the rows of a collection, to which `issue` adds new ones.',
  shape,
  examples: [
    { yaml: 'apiKey: { header: api-key, keys: { k-acme: acme } }' },
    { yaml: 'apiKey: { header: api-key, in: keys, field: key, subject: username }' },
    { yaml: 'apiKey: { query: key, keys: { k-probe: { subject: probe, scope: write } } }' },
  ],
  compile(value, compiler, { name, denied }): AuthScheme {
    const place = placeOf(value);
    const word = place.kind === 'header' && place.prefix !== '' ? place.prefix : 'ApiKey';
    const door = plainDoor(denied, word, { realm: value.realm ?? name });
    const missing = `A key is missing: send it in ${placeInWords(place, 'KEY')}`;
    const keys = value.in === undefined ? fixedKeys(value) : rowKeys(value, value.in, compiler);
    return {
      ...plainScheme, name,
      ...secretsOf(place),
      needs: keys.needs,
      grants: keys.grants,
      issue: keys.issue,
      check(facts, asked) {
        const sent = readCredential(place, facts);
        if (sent.kind === 'missing') return door.deny('missing', missing);
        if (sent.kind === 'ambiguous') return door.deny('invalid', 'More than one key was sent');
        const holder = isSendable(sent.value) ? keys.find(sent.value, facts) : null;
        return holder === null ? door.deny('invalid', 'The key is not known') : door.admit({ scheme: name, claims: {}, ...holder }, asked);
      },
    };
  },
} satisfies SchemeKind<Value>;

interface Keys extends Pick<AuthScheme, 'needs' | 'grants' | 'issue'> {
  find(key: string, facts: Parameters<AuthScheme['check']>[0]): Holder | null;
}

function placeOf({ header, prefix, query, cookie }: Value): CredentialPlace {
  if (header !== undefined) return { kind: 'header', name: header, prefix: prefix ?? '' };
  return query === undefined ? { kind: 'cookie', name: cookie! } : { kind: 'query', name: query };
}

function fixedKeys({ keys = {} }: Value): Keys {
  const holders = Object.entries(keys).map(([key, value]) => [key, holderOf(value)] as const);
  const table = new SecretTable(holders);
  return { needs: 0, grants: grantsOf(holders.map(([, { scope }]) => scope)), issue: null, find: (key) => table.find(key) };
}

const noKeys: Keys = { needs: 0, grants: null, issue: null, find: () => null };

function rowKeys(value: Value, collectionName: string, compiler: Compiler): Keys {
  const collection = compiler.at('in').collection(collectionName);
  if (collection === null) return noKeys;
  const names: KeyFields = { field: value.field!, subject: value.subject ?? null, scope: value.scope ?? null };
  for (const key of ofRows) if (names[key] !== null) checkField(collection, names[key], compiler.at(key));
  return { needs: stampOf(collection, 'insert').needs, grants: names.scope === null ? new Set() : null, issue: keyIssuer(collection, names, compiler.label), find: keyRows(collection, names) };
}

/** Rows may have fields beside the known columns; one that is spelt almost like a column is a slip. */
function checkField({ name, columns, key }: Collection, field: string, compiler: Compiler): void {
  if (columns.has(field) || key.field === field) return;
  const fix = didYouMean(field, columns.keys());
  if (fix !== undefined) compiler.mistake({ code: 'unknown-field', message: `The rows of \`${name}\` have no field ${show(field)}`, expected: `one of ${[...columns.keys()].map((one) => `\`${one}\``).join(', ')}`, got: show(field), fix });
}
