import { connect, type TLSSocket } from 'node:tls';

interface Server {
  readonly port: number;
  readonly ca: string;
}

/** A TLS connection on which a test writes what no client would. */
export function openRaw(server: Server): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', ca: server.ca }, () => resolve(socket));
    socket.on('error', (error) => reject(error));
  });
}

/** Sends these bytes and gives all that comes until the server closes, or until `until` has come. */
export async function sendRaw(server: Server, bytes: string | Buffer, until: RegExp | null = null): Promise<string> {
  const socket = await openRaw(server);
  return new Promise((resolve) => {
    let text = '';
    const finish = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (until?.test(text)) finish();
    });
    socket.on('error', finish).on('end', finish).on('close', finish);
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

/** The status of every answer that came, in order. */
export function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((found) => Number(found[1]));
}
