import type { Json } from '../base/json.ts';
import type { SavedRoot, SavedSession, SavedTable, WaitingOperation } from '../world/session-memory-store.ts';
import type { WorldFacts } from './world-database-facts.ts';
import type { WorldTables } from './world-database-tables.ts';

interface Reading {
  readonly roots: Map<string, ReadingRoot>;
  readonly waiting: WaitingOperation[];
  readonly kept: SavedSession['kept'][number][];
}

interface ReadingRoot extends SavedRoot {
  state: string | null;
  readonly vars: Map<string, Json>;
  readonly tables: SavedTable[];
  readonly backups: (SavedTable & { readonly name: string })[];
}

/** Everything that is in the database, by session and root. Throws DamagedDatabase, SyntaxError or what SQLite says. */
export function readSessions(tables: WorldTables, facts: WorldFacts): readonly SavedSession[] {
  const sessions = new Map<string, Reading>();
  const sessionOf = (session: string): Reading => entry(sessions, session, () => ({ roots: new Map<string, ReadingRoot>(), waiting: [], kept: [] }));
  const rootOf = (session: string, root: string): ReadingRoot => entry(sessionOf(session).roots, root, () => ({ root, state: null, vars: new Map<string, Json>(), tables: [], backups: [] }));
  for (const { session, root, state } of facts.states()) rootOf(session, root).state = state;
  for (const { session, root, name, value } of facts.vars()) rootOf(session, root).vars.set(name, value);
  for (const { owner, saved } of tables.read()) {
    const { tables: rows, backups } = rootOf(owner.session, owner.root);
    if (owner.backup === null) rows.push(saved);
    else backups.push({ ...saved, name: owner.backup });
  }
  for (const { session, ...waiting } of facts.waiting()) sessionOf(session).waiting.push(waiting);
  for (const { session, ...kept } of facts.replies()) sessionOf(session).kept.push(kept);
  return [...sessions].map(([session, { roots, waiting, kept }]) => ({ session, roots: [...roots.values()], waiting, kept }));
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
