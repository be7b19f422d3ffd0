import type { StorageRefusal } from '../../files/storage-refusal.ts';

/** A request that is turned away because of its body: the server answers with this status and reason. */
export class Refusal extends Error {
  /** 400, 413, 415 or 507. */
  readonly status: number;
  /** For the client, a sentence without its full stop. */
  readonly reason: string;
  /** Whether bytes of the request are still to come: answer with `Connection: close`, then `drain`. */
  readonly close: boolean;

  constructor(status: number, reason: string, close: boolean) {
    super(reason);
    this.name = 'Refusal';
    this.status = status;
    this.reason = reason;
    this.close = close;
  }

  static ofStorage(refusal: StorageRefusal, close: boolean): Refusal {
    return new Refusal(507, refusal.reason, close);
  }
}

/** The client went away before its request was whole. Nothing can be answered. */
export class ClientGone extends Error {
  constructor() {
    super('The client went away before its request was whole');
    this.name = 'ClientGone';
  }
}
