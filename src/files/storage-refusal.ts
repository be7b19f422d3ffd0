import { formatSize } from '../base/units.ts';

/** Bytes that cannot be kept: the disk is full or read-only, or the quota is reached. Answered with 507 (RFC 4918 §11.5). */
export class StorageRefusal extends Error {
  /** For the client: what happened, without a path. */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.name = 'StorageRefusal';
    this.reason = reason;
  }

  static of(error: unknown): StorageRefusal {
    if (error instanceof StorageRefusal) return error;
    const { code } = error as NodeJS.ErrnoException;
    return new StorageRefusal(reasons[code ?? ''] ?? `The upload cannot be stored (${code ?? 'unknown error'})`);
  }

  static overQuota(maxTotalBytes: number): StorageRefusal {
    return new StorageRefusal(`The upload cannot be stored: the reports have reached their quota of ${formatSize(maxTotalBytes)}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'The upload cannot be stored: the disk is full',
  EDQUOT: 'The upload cannot be stored: the disk quota is used up',
  EFBIG: 'The upload cannot be stored: it is larger than this disk takes',
  EROFS: 'The upload cannot be stored: the disk is read-only',
  EACCES: 'The upload cannot be stored: the data folder is not writable',
  EPERM: 'The upload cannot be stored: the data folder is not writable',
  ENOENT: 'The upload cannot be stored: the data folder is gone',
  ENOTDIR: 'The upload cannot be stored: the data folder is gone',
  EMFILE: 'The upload cannot be stored: too many files are open',
  ENFILE: 'The upload cannot be stored: too many files are open',
};
