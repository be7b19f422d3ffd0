import { EnvironmentProblem } from '../base/problems.ts';
import { openDataFolder } from '../files/data-folder.ts';
import { openJournalLog } from '../files/journal-log.ts';
import { openReports, type ReportStore } from '../files/reports.ts';
import { StorageRefusal } from '../files/storage-refusal.ts';
import { openWorldsFile } from '../files/worlds-file.ts';
import { createJournal, type Journal } from '../world/journal.ts';
import { Worlds } from '../world/worlds.ts';
import type { Clock } from './clock.ts';
import type { Closing } from './closing.ts';
import { createIds } from './ids.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';

/** What a server remembers: in memory and a temporary folder, or with `--data` beyond the run. */
export interface Stores {
  readonly journal: Journal;
  readonly reports: ReportStore;
  readonly worlds: Worlds;
  /** The id of the next exchange. */
  readonly nextId: () => string;
  /** A session's world was changed: what must outlive the run is to be written. */
  readonly worldChanged: () => void;
}

/** Opens them under a lock on the data folder. Throws EnvironmentProblem. */
export async function openStores(settings: Settings, clock: Clock, log: Log, closing: Closing): Promise<Stores> {
  const folder = await openDataFolder(settings.data);
  closing.add(() => folder.close());
  const worlds = new Worlds({ maxSessions: settings.maxSessions });
  const startedAtMs = folder.durable ? Date.now() : null;
  const reports = usable(() => openReports(folder, { ids: createIds('r', startedAtMs), now: clock.now }));
  closing.add(() => reports.close());
  const nextId = createIds('e', startedAtMs);
  if (!folder.durable) return { journal: createJournal({ capacity: settings.journal }), reports, worlds, nextId, worldChanged: () => undefined };

  const keep = openJournalLog(folder.path, { capacity: settings.journal, onProblem: (error) => log.info(`The journal cannot be written: ${error.message}`) });
  closing.add(() => keep.close());
  const worldsFile = openWorldsFile(folder.path, worlds, { now: clock.now, onProblem: (message) => log.info(message) });
  closing.add(() => worldsFile.close());
  return { journal: createJournal({ capacity: settings.journal, keep }), reports, worlds, nextId, worldChanged: () => worldsFile.changed() };
}

function usable<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof StorageRefusal) throw new EnvironmentProblem(error.reason, 'Mend the folder of `--data`, or name another one');
    throw error;
  }
}
