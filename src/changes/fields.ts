import type { Path } from '../base/place.ts';
import { invalid, text, turned, type Invalid, type Report } from '../shapes/index.ts';

/** The collection that a change is about. */
export const collectionShape = turned(text({ expected: 'the name of a collection', about: 'The collection.' }), fixedName);

function fixedName(value: string, path: Path, report: Report): string | Invalid {
  if (!value.includes('${{')) return value;
  report(path, { code: 'wrong-value', message: '`in` names a collection, and no expression can', expected: 'the name of a collection', got: 'an expression', fix: 'Write one rule for each collection' });
  return invalid;
}

/** The name that a change binds. */
export const asShape = text({ pattern: /^[a-z][a-z0-9_]{0,63}$/, expected: 'a name of small letters, digits and `_`, such as `task`', about: 'The name by which later changes, the reply and callbacks find it.' });

/** What people write for the keys of a change. */
export const foreignFields = {
  collection: 'Write `in`', table: 'Write `in`', from: 'Write `in`', into: 'Write `in`', to: 'Write `in`', key: 'Write `id`', filter: 'Write `where`', match: 'Write `where`', bind: 'Write `as`', name: 'Write `as`',
  row: 'Write `value`', rows: 'Write `values`', data: 'Write `value`', set: 'Write `value`', with: 'Write `value`', order: 'Write `sort`', orderBy: 'Write `sort`', fields: 'Write `select`', offset: 'Write `page`', skip: 'Write `page`', size: 'Write `page: { number: …, size: … }`',
  after: 'Write `after` beside the change, not in it', orElse: 'Write `orElse` beside the change, not in it',
} as const;
