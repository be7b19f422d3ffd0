import { EnvironmentProblem } from '../base/problems.ts';
import { openDataFolder } from '../files/data-folder.ts';
import { openJournalLog, type JournalLog } from '../files/journal-log.ts';
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
  const kept = folder.durable ? openKept(folder.path, settings, worlds, clock, log, closing) : { journal: null, worldChanged: () => undefined };
  const reports = usable(() => openReports(folder, { ids: createIds('r', startedAtMs), now: clock.now }));
  // Closed before the journal's file, which is still to hear of the uploads that this breaks off.
  closing.add(() => reports.close());
  const journal = createJournal({ capacity: settings.journal, keep: kept.journal });
  return { journal, reports, worlds, nextId: createIds('e', startedAtMs), worldChanged: kept.worldChanged };
}

/** What outlives the run beside the reports. */
function openKept(folder: string, settings: Settings, worlds: Worlds, clock: Clock, log: Log, closing: Closing): { readonly journal: JournalLog; readonly worldChanged: () => void } {
  const journal = openJournalLog(folder, { capacity: settings.journal, onProblem: (error) => log.info(`The journal cannot be written: ${error.message}`) });
  closing.add(() => journal.close());
  const worldsFile = openWorldsFile(folder, worlds, { now: clock.now, onProblem: (message) => log.info(message) });
  closing.add(() => worldsFile.close());
  return { journal, worldChanged: () => worldsFile.changed() };
}

function usable<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof StorageRefusal) throw new EnvironmentProblem(error.reason, 'Mend the folder of `--data`, or name another one');
    throw error;
  }
}
