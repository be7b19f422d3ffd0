import { defaultSession } from '../world/worlds.ts';
import { isPlain } from './world-database-text.ts';

/** What a table of the database holds. */
export interface TableOwner {
  readonly session: string;
  readonly root: string;
  readonly collection: string;
  /** The name of a backup; null: the rows themselves. */
  readonly backup: string | null;
}

/** Tables of SQLite and of the server. */
const reserved = /^(sqlite|libsql|rehearsal)_/i;
const maxNameLength = 100;
const maxFieldLength = 64;
/** The columns that each table has beside those of its fields. */
export const ownColumns = ['_key', '_position', '_row'] as const;

/**
 * A free name that people find: `departments`, `departments@checkout` for another session than `default`, `departments#nightly` for
 * a backup; with the root before it (`hr.departments`) where that is taken. `taken` is asked in lower case, as SQLite compares.
 */
export function tableName({ session, root, collection, backup }: TableOwner, taken: (lowerCase: string) => boolean): string {
  const own = `${collection}${backup === null ? '' : `#${backup}`}${session === defaultSession ? '' : `@${session}`}`;
  for (let number = 0; ; number += 1) {
    const wanted = number === 0 ? own : number === 1 ? `${root}.${own}` : `${root}.${own} ${number}`;
    const name = readable(wanted);
    if (!taken(name.toLowerCase())) return name;
  }
}

/** An identifier in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The definition of the column that shows a field of the rows; null for a field that gets none. It takes no room: it is read from the row. */
export function fieldColumn(field: string): string | null {
  if (field === '' || field.length > maxFieldLength || !isPlain(field) || /["\\]/.test(field) || ownColumns.some((own) => own === field.toLowerCase())) return null;
  return `${quoted(field)} GENERATED ALWAYS AS (json_extract("_row", '$."${field.replaceAll("'", "''")}"')) VIRTUAL`;
}

function readable(wanted: string): string {
  const whole = [...wanted].map((letter) => (isPlain(letter) ? letter : '_')).join('');
  const name = reserved.test(whole) ? `_${whole}` : whole;
  // What is cut keeps its end, by which numbers tell names apart.
  return name.length <= maxNameLength ? name : `${[...name.slice(0, maxNameLength / 2)].filter(isPlain).join('')}…${[...name.slice(-maxNameLength / 2)].filter(isPlain).join('')}`;
}
