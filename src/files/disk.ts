import fs from 'node:fs';

/** The calls by which bytes reach the disk: in one place, so that a full disk can be rehearsed. */
export type Disk = Pick<typeof fs, 'open' | 'writev' | 'fsync' | 'close' | 'rename' | 'unlink' | 'openSync' | 'writevSync' | 'fstatSync' | 'closeSync' | 'unlinkSync'>;

export const realDisk: Disk = fs;
