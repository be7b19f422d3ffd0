import { formatDiagnostic, type Diagnostic } from '../base/diagnostic.ts';
import { printable } from '../base/show.ts';
import type { ExchangeDraft, RecordedCallback } from '../world/journal.ts';
import { notMade } from './render-callbacks.ts';

/** What the running server tells the person at its terminal. One line per event, control characters escaped. */
export interface Log {
  /** Whether it tells of every exchange, not only of those that something was wrong with. */
  readonly tellsAll: boolean;
  /** An exchange: always when something was wrong with it (unmatched, a violation, an expression that failed, a client that went away, a callback that cannot be made); all of them when a log was asked for. */
  exchange(draft: ExchangeDraft): void;
  /** An attempt at a callback: one that failed without an answer, and all of them when a log was asked for. */
  callback(callback: RecordedCallback): void;
  /** A message for people. */
  info(message: string): void;
  /** Mistakes of an edited scenario. */
  mistakes(diagnostics: readonly Diagnostic[]): void;
  /** A fault of the server itself. */
  failure(exchange: string, error: unknown): void;
}

export interface LogOptions {
  /** `null`: only what a person must act on. */
  readonly format: 'text' | 'json' | null;
  readonly quiet: boolean;
  readonly write: (line: string) => void;
  readonly now: () => number;
}

export function createLog(options: LogOptions): Log {
  const { format, quiet, write, now } = options;
  const say = (event: string, text: string, facts: object): void => {
    write(`${format === 'json' ? JSON.stringify({ time: new Date(now()).toISOString(), event, ...facts }) : printable(text)}\n`);
  };
  return {
    tellsAll: format !== null && !quiet,
    exchange(draft) {
      const { rule, nearest, status, note, violations } = draft;
      const refused = note !== null && status !== null && status >= 400;
      const notable = rule === null ? nearest.length > 0 || status === 404 || note !== null : violations.length > 0 || refused || note?.startsWith(notMade) === true;
      if (quiet || (format === null && !notable)) return;
      say('exchange', exchangeLine(draft), exchangeFacts(draft));
    },
    callback(callback) {
      if (quiet || (format === null && callback.error === null)) return;
      const { exchange, session, method, url, status, error } = callback;
      say('callback', `${status ?? '---'} callback ${method} ${url}${session === 'default' ? '' : ` [${session}]`} of ${exchange}${error === null ? '' : `  ${error}`}`, callback);
    },
    info(message) {
      if (!quiet) say('info', message, { message });
    },
    mistakes(diagnostics) {
      for (const diagnostic of diagnostics) say('mistake', formatDiagnostic(diagnostic), diagnostic);
    },
    failure(exchange, error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      say('failure', `${exchange} the server failed: ${detail.replaceAll('\n', ' | ')}`, { exchange, error: detail });
    },
  };
}

/** `404 POST /xyz/task  no rule matched; nearest: GET /xyz/tasks (file:line): path: …; method: …` */
export function exchangeLine(draft: Pick<ExchangeDraft, 'status' | 'method' | 'path' | 'session' | 'rule' | 'violations' | 'nearest' | 'fault' | 'note'>): string {
  const { status, method, path, violations, nearest, note, rule, fault, session } = draft;
  const head = `${status ?? '---'} ${method} ${path}${session === 'default' ? '' : ` [${session}]`}`;
  const details = [
    ...(rule && violations.length > 0 ? [`${violations.length} violation${violations.length === 1 ? '' : 's'} of ${rule.route} (${rule.file}:${rule.line}): ${violations.map((one) => one.text).join('; ')}`] : []),
    ...(nearest.length > 0 ? [`no rule matched; nearest: ${nearest.map((one) => `${one.name ?? one.route} (${one.file}:${one.line}): ${one.because.join('; ')}`).join(' | ')}`] : []),
    ...(fault ? [`fault: ${fault}`] : []),
    ...(note ? [note] : []),
  ];
  return details.length > 0 ? `${head}  ${details.join('  ')}` : head;
}

function exchangeFacts(draft: ExchangeDraft): object {
  const { id, session, scenario, method, path, status, durationMs, rule, violations, nearest, fault, note } = draft;
  return { id, session, scenario, method, path, status, durationMs: Math.round(durationMs * 1000) / 1000, rule, violations, nearest, fault, note };
}
