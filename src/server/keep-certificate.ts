import type { Certificates } from '../certs/certificates.ts';
import type { Listening } from './listen.ts';

export interface RenewalOptions {
  readonly everyMs?: number;
  /** What a person should know after a renewal: that clients must trust a new CA. */
  readonly onNotices: (notices: readonly string[]) => void;
  /** A renewal that failed. The certificate that there is goes on serving, and the next round tries again. */
  readonly onProblem: (error: unknown) => void;
}

/** Renews the served certificate before it ends, as long as the server runs; does not keep the process alive. Returns how to stop it. */
export function keepCertificate(certificates: Certificates, listening: Pick<Listening, 'updateCertificate'>, options: RenewalOptions): () => void {
  const timer = setInterval(() => void renewOnce(certificates, listening, options), options.everyMs ?? 60_000);
  timer.unref();
  return () => clearInterval(timer);
}

/** One round of it. True when another certificate is served now. */
export async function renewOnce(certificates: Certificates, listening: Pick<Listening, 'updateCertificate'>, options: Pick<RenewalOptions, 'onNotices' | 'onProblem'>): Promise<boolean> {
  try {
    if (!(await certificates.renewIfDue())) return false;
    listening.updateCertificate(certificates);
    if (certificates.notices.length > 0) options.onNotices(certificates.notices);
    return true;
  } catch (error) {
    options.onProblem(error);
    return false;
  }
}
