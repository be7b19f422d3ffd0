import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Journal } from '../world/journal.ts';
import type { ReportStore } from '../files/reports.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { ReceiveLimits } from './receive/limits.ts';
import type { Serving } from './serving.ts';

/** Everything that a pass needs of the running server. Time, ids and randomness come from here and nowhere else. */
export interface App {
  readonly serving: Serving;
  readonly journal: Journal;
  readonly reports: ReportStore;
  readonly clock: Clock;
  readonly seed: number;
  readonly limits: ReceiveLimits;
  readonly log: Log;
  /** The id of the next exchange. */
  nextId(): string;
  /** Milliseconds on a clock that never jumps, for durations. */
  elapsed(): number;
  /** Where a person reads about an exchange; null when the admin API is off. */
  journalUrl(exchange: string): string | null;
  /** A session's world was changed: what must outlive the run is to be written. */
  worldChanged(): void;
  /** Waits, unless the signal is given before. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Given when the server closes: what hangs lets go. */
  readonly closing: AbortSignal;
  /** Ends the connection under a request with RST. */
  resetConnection(request: IncomingMessage): void;
  /** The admin API and the console. */
  admin(request: IncomingMessage, response: ServerResponse): void;
}
