import type { IncomingMessage } from 'node:http';
import type { ReportStore } from '../../files/reports.ts';
import type { Needs } from '../../model/index.ts';
import type { PreviewBuffers } from '../../world/preview-buffers.ts';
import type { BodyMeter } from './body-meter.ts';
import type { ReceiveLimits } from './limits.ts';

export interface ReceiveOptions {
  /** What the rules that may answer look at. */
  readonly needs: Needs;
  readonly limits: ReceiveLimits;
  readonly reports: ReportStore;
  /** Where previews of bodies are kept; null for memory of their own. */
  readonly previews: PreviewBuffers | null;
  /** Id of the exchange. */
  readonly exchange: string;
  readonly session: string;
}

/** One request body on its way in: what every way of receiving is given. */
export interface Incoming extends ReceiveOptions {
  readonly req: IncomingMessage;
  readonly meter: BodyMeter;
  readonly contentType: string | null;
  readonly mediaType: string | null;
  /** The body, when it has been gathered whole; it is lent until the receiving is over. */
  readonly whole: Buffer | null;
}
