import { openWorldDatabase } from '../../src/files/world-database.ts';
import { MemoryDraft, SeedTable } from '../../src/memory/index.ts';
import type { Collection, MemoryPlan } from '../../src/model/index.ts';
import { Worlds } from '../../src/world/worlds.ts';

/** Pushes rows without end, and says the key of each that is acknowledged. Run in a process that is killed. */
const rows: Collection = { name: 'rows', unique: [], seed: new SeedTable(new Map(), 1), key: { field: 'id', type: 'counted' }, columns: new Map(), check: () => [], stamps: { insert: null, write: null } };
const plan: MemoryPlan = { state: null, states: null, vars: {}, collections: new Map([['rows', rows]]) };
const { database, saved } = await openWorldDatabase(process.argv[2]!, { onProblem: (message) => process.stderr.write(message) });
const worlds = new Worlds({ maxSessions: 10 });
worlds.keepIn(database, saved, 0);
const world = worlds.open('default', 0);
for (;;) {
  const draft = new MemoryDraft('telemetry', plan, world.memory('telemetry'));
  const key = draft.takeKey('rows');
  draft.put('rows', String(key), { id: key, text: 'x'.repeat((key * 7919) % 3000) });
  const answer = { status: 201, headers: [], body: { kind: 'bytes', bytes: Buffer.from(String(key)), representation: null }, wire: [], encodings: [], fault: null } as const;
  world.commit(world.version, [draft.changes()!, { kind: 'keep', key: `telemetry\nPOST /rows\nonce 0\n${key}`, reply: { bodySha256: '', answer } }]);
  if (!process.stdout.write(`${key}\n`)) await new Promise((done) => { process.stdout.once('drain', done); });
}
