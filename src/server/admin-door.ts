import type { IncomingMessage, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Control } from './control.ts';

/** Makes the admin API over a control: given from outside, so that it is loaded when it is first asked for. */
export type AdminLoader = (control: Control, options: AdminOptions) => Promise<AdminHandler>;

export interface AdminHandler {
  (request: IncomingMessage, response: ServerResponse): void;
  /** Ends the event streams. */
  close(): void;
}

export interface AdminOptions {
  readonly token: string | null;
  /** Names under which this server may be addressed, as a Host header without the port. */
  readonly hosts: readonly string[];
  /** Hears of faults of the admin API itself. */
  onFailure(error: unknown): void;
}

/** Where requests to `/_rehearsal` come in. */
export interface AdminDoor {
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Ends the event streams. */
  close(): Promise<void>;
}

/** `open` makes the admin API when it is first asked for, and again when that failed. Null: it is off. */
export function createAdminDoor(open: (() => Promise<AdminHandler>) | null, onFailure: (error: unknown) => void): AdminDoor {
  let opened: Promise<AdminHandler> | null = null;
  return {
    answer(request, response) {
      if (open === null) return refuse(response, 404, 'The admin API is off on this server');
      opened ??= open();
      opened.then((handler) => handler(request, response)).catch((error: unknown) => {
        opened = null;
        onFailure(error);
        if (response.headersSent) response.destroy();
        else refuse(response, 500, 'The admin API could not be loaded; the log of the server says why');
      });
    },
    async close() {
      (await opened?.catch(() => null))?.close();
    },
  };
}

function refuse(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(`${JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail })}\n`);
}
