import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DueFailure } from '../engine/settle-due.ts';
import type { CallbackRequest } from '../model/index.ts';
import type { Journal } from '../world/journal.ts';
import type { ReportStore } from '../files/reports.ts';
import type { SettableClock } from './clock.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { HttpDate } from './respond/http-date.ts';
import type { ReceiveLimits } from './receive/limits.ts';
import type { Serving } from './serving.ts';

/** Everything that a pass needs of the running server. Time, ids and randomness come from here and nowhere else. */
export interface App {
  readonly serving: Serving;
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly reports: ReportStore;
  readonly clock: SettableClock;
  readonly seed: number;
  readonly limits: ReceiveLimits;
  readonly log: Log;
  readonly httpDate: HttpDate;
  /** The id of the next exchange. */
  nextId(): string;
  /** Milliseconds on a clock that never jumps, for durations. */
  elapsed(): number;
  /** Where a person reads about an exchange; null when the admin API is off. */
  journalUrl(exchange: string): string | null;
  /** A session's world was changed: what must outlive the run is to be written. */
  worldChanged(): void;
  /** An operation of a session's whose time had come could not be carried out. */
  dueFailed(failure: DueFailure): void;
  /** Sends a callback, when its time comes. */
  callBack(exchange: string, callback: CallbackRequest): void;
  /** Waits, unless the signal is given before. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Given when the server closes: what hangs lets go. */
  readonly closing: AbortSignal;
  /** Ends the connection under a request with RST. */
  resetConnection(request: IncomingMessage): void;
  /** The admin API and the console. */
  admin(request: IncomingMessage, response: ServerResponse): void;
}
