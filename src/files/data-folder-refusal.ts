/** A data folder that cannot be used: the message says why and what to do. The command line exits with 3. */
export class DataFolderRefusal extends Error {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`The data folder ${path} cannot be used: ${reason}`);
    this.name = 'DataFolderRefusal';
    this.path = path;
  }

  static of(path: string, error: unknown): DataFolderRefusal {
    const { code, message } = error as NodeJS.ErrnoException;
    return new DataFolderRefusal(path, reasons[code ?? ''] ?? message);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it is not writable. Give this account the right to write there, or name another folder with --data.',
  EPERM: 'it is not writable. Give this account the right to write there, or name another folder with --data.',
  EROFS: 'it is on a read-only disk. Name another folder with --data.',
  EEXIST: 'it is a file. Name a folder with --data.',
  ENOTDIR: 'a part of the path is a file. Name a folder with --data.',
  ENOSPC: 'the disk is full. Make room, or name another folder with --data.',
};
