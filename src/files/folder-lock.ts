import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolderRefusal } from './data-folder-refusal.ts';

export interface FolderLock {
  release(): Promise<void>;
}

/** Paths of sockets are at most 103 bytes on macOS, 107 on Linux; a name set aside takes a few more. */
const maxSocketPathBytes = 94;
const attempts = 5;

/**
 * Locks a folder (canonical path) for this process: a socket bound in it, since the system has no file lock that Node can
 * reach and that ends with its process. A socket that nobody answers is left over from a dead process and is taken over.
 * Throws {@link DataFolderRefusal} when another process holds it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  let last: unknown = null;
  for (const address of lockAddresses(folder)) {
    try {
      return await bind(folder, address);
    } catch (error) {
      if (error instanceof DataFolderRefusal) throw error;
      last = error; // a file system without sockets (some mounted ones): the temporary folder has them
    }
  }
  throw DataFolderRefusal.of(folder, last);
}

/** Where the socket may stand, best first. */
export function lockAddresses(folder: string, platform: NodeJS.Platform = process.platform): readonly string[] {
  const short = `rehearsal-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`;
  if (platform === 'win32') return [`\\\\.\\pipe\\${short}`];
  const addresses = [join(folder, '.lock'), join(tmpdir(), `${short}.lock`), `/tmp/${short}.lock`];
  return [...new Set(addresses)].filter((path) => Buffer.byteLength(path) <= maxSocketPathBytes);
}

async function bind(folder: string, address: string): Promise<FolderLock> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      const server = await listen(address);
      return { release: () => new Promise((done) => server.close(() => done())) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
    if (await isAnswered(address)) throw inUse(folder);
    await clearAway(folder, address);
  }
  throw inUse(folder);
}

/**
 * Removes the socket of a dead process. It is moved aside and asked once more before it is removed: another process may
 * have taken over in between, and then it is moved back.
 */
async function clearAway(folder: string, address: string): Promise<void> {
  const aside = `${address}.${process.pid}`;
  try {
    renameSync(address, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (await isAnswered(aside)) {
    renameSync(aside, address);
    throw inUse(folder);
  }
  rmSync(aside, { force: true });
}

function listen(address: string): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', fail);
    server.listen(address, () => {
      server.off('error', fail);
      server.on('error', () => undefined);
      done(server);
    });
  });
}

function isAnswered(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT' && error.code !== 'ENOTSOCK'));
  });
}

function inUse(folder: string): DataFolderRefusal {
  return new DataFolderRefusal(folder, 'another rehearsal server is using it', 'Stop that one, or name another folder with --data.');
}
