import { EnvironmentProblem } from '../base/problems.ts';
import { openDataFolder } from '../files/data-folder.ts';
import { openJournalLog, type JournalLog } from '../files/journal-log.ts';
import { openReports, type ReportStore } from '../files/reports.ts';
import { StorageRefusal } from '../files/storage-refusal.ts';
import { hasWorldDatabase, openWorldDatabase } from '../files/world-database.ts';
import { openWorldsFile } from '../files/worlds-file.ts';
import type { Plan } from '../model/index.ts';
import { createJournal, type Journal } from '../world/journal.ts';
import { WorldRefusal } from '../world/session-memory-refusal.ts';
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
  /** With `--data`, from then on what scenarios remember outlives the run. To be awaited before a plan serves that remembers something. Rejects with EnvironmentProblem. */
  ensureDurable(): Promise<void>;
}

/** How often idle sessions are looked for at least, and at most. */
const sweepMs = { least: 250, most: 60_000 };

/** Opens them under a lock on the data folder. `plan`: what is to be served first. Throws EnvironmentProblem. */
export async function openStores(settings: Settings, clock: Clock, log: Log, closing: Closing, plan: Plan | null = null): Promise<Stores> {
  const folder = await openDataFolder(settings.data);
  closing.add(() => folder.close());
  // Idle time is real time: a client whose test moves the server's clock on by a day still needs its session.
  const worlds = new Worlds({ maxSessions: settings.maxSessions, sessionTtlMs: settings.sessionTtl, idleClock: () => performance.now() });
  const startedAtMs = folder.durable ? Date.now() : null;
  const kept = folder.durable ? openKept(folder.path, settings, worlds, clock, log, closing) : { journal: null, worldChanged: () => undefined };
  const ensureDurable = folder.durable ? onceOpened(() => openMemory(folder.path, worlds, clock, log, closing)) : async () => undefined;
  if (folder.durable && ((plan !== null && remembers(plan)) || hasWorldDatabase(folder.path))) await ensureDurable();
  const reports = usable(() => openReports(folder, { ids: createIds('r', startedAtMs), now: clock.now }));
  // Closed before the journal's file, which is still to hear of the uploads that this breaks off.
  closing.add(() => reports.close());
  closing.add(sweepRegularly(worlds, settings.sessionTtl, clock, log));
  const journal = createJournal({ capacity: settings.journal, keep: kept.journal });
  return { journal, reports, worlds, nextId: createIds('e', startedAtMs), worldChanged: kept.worldChanged, ensureDurable };
}

/** Whether any scenario remembers something. */
export function remembers(plan: Plan): boolean {
  return [...plan.scenarios.values()].some(({ memory }) => memory !== null);
}

/** What outlives the run beside the reports and what scenarios remember. */
function openKept(folder: string, settings: Settings, worlds: Worlds, clock: Clock, log: Log, closing: Closing): { readonly journal: JournalLog; readonly worldChanged: () => void } {
  const journal = openJournalLog(folder, { capacity: settings.journal, onProblem: (error) => log.info(`The journal cannot be written: ${error.message}`) });
  closing.add(() => journal.close());
  const worldsFile = openWorldsFile(folder, worlds, { now: clock.now, onProblem: (message) => log.info(message) });
  closing.add(() => worldsFile.close());
  return { journal, worldChanged: () => worldsFile.changed() };
}

/** After worlds.json has been read: it tells which sessions were used last. */
async function openMemory(folder: string, worlds: Worlds, clock: Clock, log: Log, closing: Closing): Promise<void> {
  const { database, saved } = await openWorldDatabase(folder, { onProblem: (message) => log.info(message) });
  worlds.keepIn(database, saved, clock.now());
  closing.add(() => {
    try {
      worlds.flush();
    } catch (error) {
      // What is done twice for that was not acknowledged by anybody.
      if (!(error instanceof WorldRefusal)) throw error;
    } finally {
      database.close();
    }
  });
}

/** Lets go of idle sessions when no new one begins, too. Gives the way to stop. */
function sweepRegularly(worlds: Worlds, ttlMs: number, clock: Clock, log: Log): () => void {
  const timer = setInterval(() => {
    try {
      worlds.sweep(clock.now());
    } catch (error) {
      log.failure('sweep', error);
    }
  }, Math.min(sweepMs.most, Math.max(sweepMs.least, ttlMs / 2))).unref();
  return () => clearInterval(timer);
}

/** Opens at most once at a time, and not again when it worked. */
function onceOpened(open: () => Promise<void>): () => Promise<void> {
  let opened: Promise<void> | null = null;
  return () => (opened ??= open().catch((error: unknown) => {
    opened = null;
    throw error;
  }));
}

function usable<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof StorageRefusal) throw new EnvironmentProblem(error.reason, 'Mend the folder of `--data`, or name another one');
    throw error;
  }
}
