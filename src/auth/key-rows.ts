import { timingSafeEqual } from 'node:crypto';
import { exactNumber } from '../base/json.ts';
import { keyText } from '../base/key-text.ts';
import { uuidOf } from '../base/uuid.ts';
import { IssueRefused, type Collection, type Facts, type Row, type Scheme, type TableView } from '../model/index.ts';
import { insertRows, stampOf } from '../memory/index.ts';
import { freshToken } from './fresh-token.ts';
import type { Holder } from './holder.ts';
import { scopeOf } from './scopes.ts';
import { digestOf } from './secret-table.ts';

/** The fields of a row that is a key. */
export interface KeyFields {
  readonly field: string;
  readonly subject: string | null;
  readonly scope: string | null;
}

/** Letters of a new key: 132 bits. */
const keyLength = 22;

/** Looks a key up among the rows of a collection, as the session has them. */
export function keyRows(collection: Collection, fields: KeyFields): (key: string, facts: Facts) => Holder | null {
  return (key, { memory }) => {
    const row = find(collection, fields.field, memory.table(collection.name), key);
    if (row === null) return null;
    return { subject: fields.subject === null ? null : keyText(row[fields.subject]), scope: fields.scope === null ? [] : scopeOf(row[fields.scope]) };
  };
}

function find({ key, unique }: Collection, field: string, table: TableView, secret: string): Row | null {
  if (key.field === field) return table.get(secret);
  if (unique.includes(field)) {
    const holder = table.holder(field, secret) ?? (isNumber(secret) ? table.holder(field, exactNumber(secret)) : null);
    return holder === null ? null : table.get(holder);
  }
  const digest = digestOf(secret);
  let found: Row | null = null;
  for (const [, row] of table.entries()) {
    const own = digestIn(row, field);
    if (own !== null && timingSafeEqual(own, digest)) found ??= row;
  }
  return found;
}

/** Rows are never changed in place, so what was worked out of one holds as long as it does. */
const digests = new WeakMap<Row, Map<string, Buffer | null>>();

function digestIn(row: Row, field: string): Buffer | null {
  let known = digests.get(row);
  if (!known) digests.set(row, (known = new Map()));
  let digest = known.get(field);
  if (digest === undefined) {
    const text = keyText(row[field]);
    known.set(field, (digest = text === null ? null : digestOf(text)));
  }
  return digest;
}

/** A key that a file wrote without quotes is a number there. */
function isNumber(text: string): boolean {
  return /^(?:0|[1-9]\d{0,39})$/.test(text);
}

/** Adds the row of a new key. What else it holds are the claims. */
export function keyIssuer(collection: Collection, { field, subject: subjectField }: KeyFields, label: string): NonNullable<Scheme['issue']> {
  const { name, key } = collection;
  const stamp = stampOf(collection, 'insert');
  return ({ subject, claims }, facts, draft) => {
    const table = draft.table(name);
    // By the path as well: the calls of different routes are counted apart.
    const secret = freshToken(facts.random(`${label}|key|${facts.request.path}`), keyLength, (token) => find(collection, field, table, token) !== null);
    const row: Row = { ...(subjectField !== null && subject !== null && { [subjectField]: subject }), ...claims, [field]: secret };
    const written = insertRows(draft, collection, [row], {
      skipBad: false,
      stamp: stamp.render(facts, `${label}|${facts.request.path}`),
      keys: key.type === 'uuid' ? [uuidOf(facts.random(`${label}|uuid|${facts.request.path}`).bytes(16))] : [],
    });
    if (written.kind === 'failed') throw new IssueRefused({ status: written.reason === 'taken' ? 409 : 422, detail: written.detail, ...(written.errors.length > 0 && { more: { errors: written.errors } }) });
    return { value: secret, subject, row: written.rows[0] ?? null };
  };
}
