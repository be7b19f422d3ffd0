import { EnvironmentProblem } from '../base/problems.ts';

/** A data folder that cannot be used: the message says why, and the fix what to do. The command line exits with 3. */
export class DataFolderRefusal extends EnvironmentProblem {
  readonly path: string;

  constructor(path: string, reason: string, fix: string) {
    super(`The data folder ${path} cannot be used: ${reason}`, fix);
    this.path = path;
  }

  static of(path: string, error: unknown): DataFolderRefusal {
    const { code, message } = error as NodeJS.ErrnoException;
    const { reason, fix } = refusals[code ?? ''] ?? { reason: message, fix: 'Name another folder with --data.' };
    return new DataFolderRefusal(path, reason, fix);
  }
}

const notWritable = { reason: 'it is not writable', fix: 'Give this account the right to write there, or name another folder with --data.' };

const refusals: Readonly<Record<string, { readonly reason: string; readonly fix: string }>> = {
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: { reason: 'it is on a read-only disk', fix: 'Name another folder with --data.' },
  EEXIST: { reason: 'it is a file', fix: 'Name a folder with --data.' },
  ENOTDIR: { reason: 'a part of the path is a file', fix: 'Name a folder with --data.' },
  ENOSPC: { reason: 'the disk is full', fix: 'Make room, or name another folder with --data.' },
};
