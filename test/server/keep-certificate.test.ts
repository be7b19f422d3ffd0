import { afterEach, expect, it, vi } from 'vitest';
import type { Certificates } from '../../src/certs/certificates.ts';
import { keepCertificate } from '../../src/server/keep-certificate.ts';

afterEach(() => void vi.useRealTimers());

it('looks every minute, swaps in what was renewed, tells of a new CA, outlives a failure, and stops when told', async () => {
  vi.useFakeTimers();
  const renewIfDue = vi.fn<() => Promise<boolean>>().mockResolvedValueOnce(false).mockRejectedValueOnce(new Error('disk')).mockResolvedValueOnce(true);
  const certificates = { key: 'k', cert: 'c', notices: ['A new CA was made'], renewIfDue } as unknown as Certificates;
  const updateCertificate = vi.fn();
  const onNotices = vi.fn();
  const onProblem = vi.fn();
  const stop = keepCertificate(certificates, { updateCertificate }, { onNotices, onProblem });
  await vi.advanceTimersByTimeAsync(2 * 60_000);
  expect(updateCertificate).not.toHaveBeenCalled();
  expect(onProblem).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(updateCertificate).toHaveBeenCalledExactlyOnceWith(certificates);
  expect(onNotices).toHaveBeenCalledWith(['A new CA was made']);
  stop();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(renewIfDue).toHaveBeenCalledTimes(3);
});
