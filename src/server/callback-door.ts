import type { CallbackRequest } from '../model/index.ts';
import type { CallbackOptions, Callbacks } from './callbacks/callbacks.ts';

/** The sender of callbacks, loaded when the first one is to be made: most servers never call anybody. */
export interface CallbackDoor {
  /** To be called when the reply has been sent. */
  send(exchange: string, callback: CallbackRequest): void;
  /** To be called when the server's clock has been set, advanced, frozen or let go. */
  clockMoved(): void;
  /** To be called when a session is taken back to its beginning: what waits there is not made. */
  forget(session: string): void;
  /** Breaks off what is under way and drops what waits. */
  close(): Promise<void>;
}

/** `onFailure` hears of a sender that cannot be loaded. */
export function createCallbackDoor(options: () => CallbackOptions, onFailure: (error: unknown) => void): CallbackDoor {
  let sender: Promise<Callbacks> | null = null;
  return {
    send(exchange, callback) {
      const made = options();
      // Its time counts from the reply, also when the sender is still being loaded.
      const repliedMs = made.clock.now();
      sender ??= import('./callbacks/callbacks.ts').then(({ createCallbacks }) => createCallbacks(made));
      sender.then((callbacks) => callbacks.send(exchange, callback, repliedMs)).catch(onFailure);
    },
    clockMoved() {
      sender?.then((callbacks) => callbacks.clockMoved()).catch(onFailure);
    },
    forget(session) {
      sender?.then((callbacks) => callbacks.forget(session)).catch(onFailure);
    },
    async close() {
      await sender?.then((callbacks) => callbacks.close());
    },
  };
}
