import type { BodyMeter } from './body-meter.ts';
import type { Incoming } from './incoming.ts';
import { bodyTooLarge } from './precheck.ts';
import { ClientGone } from './refusal.ts';

/** Where the bytes of a body go. */
export interface BodySink {
  /** Takes bytes. False: wait for `onceDrained`. An error that it throws ends the pumping. */
  write(chunk: Buffer): boolean;
  onceDrained(callback: () => void): void;
}

export interface Pump {
  /** Resolves when the whole body has been given to the sink. Rejects with Refusal, ClientGone, or what the sink threw. */
  readonly done: Promise<void>;
  /** Gives no more to the sink and leaves the request where it is; `done` rejects with the error. */
  stop(error: Error): void;
}

/** Moves a request body, metered and bounded, into a sink that may be slower. */
export function pumpBody({ req, meter, limits, whole }: Incoming, sink: BodySink): Pump {
  if (whole !== null) return { done: handOver(whole, meter, sink), stop: () => undefined };
  const { maxBodyBytes } = limits;
  let settle: { resolve(): void; reject(error: Error): void } | null = null;
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const end = (error: Error | null): void => {
    const waiting = settle;
    if (waiting === null) return;
    settle = null;
    req.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    if (error === null) return waiting.resolve();
    req.pause();
    waiting.reject(error);
  };
  const onData = (chunk: Buffer): void => {
    meter.update(chunk);
    if (meter.sizeBytes > maxBodyBytes) return end(bodyTooLarge(maxBodyBytes));
    try {
      if (sink.write(chunk)) return;
    } catch (error) {
      return end(error as Error);
    }
    req.pause();
    sink.onceDrained(() => settle !== null && req.resume());
  };
  const onEnd = (): void => end(null);
  const onGone = (): void => end(new ClientGone());

  if (req.destroyed || req.errored) queueMicrotask(onGone);
  req.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  return { done, stop: end };
}

/** A gathered body: all of it at once. */
async function handOver(whole: Buffer, meter: BodyMeter, sink: BodySink): Promise<void> {
  meter.updateWhole(whole);
  sink.write(whole);
}
