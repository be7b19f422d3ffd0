import type { ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** One TCP connection, from accept to close. */
export interface Connection {
  /** The TCP socket itself. */
  readonly raw: Socket;
  /** The server that accepted it. */
  readonly server: Server;
  /** `127.0.0.1:53210` */
  readonly remote: string;
  /** The socket that HTTP speaks on, once there is one: of TLS, from the end of the handshake. */
  http: Socket | null;
  /** When the handshake was done, on the monotonic clock; 0 before. */
  securedAtMs: number;
  /** Whether what went wrong on it has been told, or answered: once is enough. */
  told: boolean;
}

/** Every open connection of a set of servers: found again from a TLS socket, counted against one bound, and closed well. */
export class Connections {
  readonly #open = new Set<Connection>();
  readonly #known = new WeakMap<Socket, Connection>();
  /** How many connections each server has. */
  readonly #servers = new Map<Server, number>();
  readonly #most: number;
  readonly #onClose: (connection: Connection) => void;
  closing = false;

  /** @param most connections open at once, over all the servers */
  constructor(most: number, onClose: (connection: Connection) => void) {
    this.#most = most;
    this.#onClose = onClose;
  }

  get size(): number {
    return this.#open.size;
  }

  watch(server: Server): void {
    server.once('listening', () => {
      this.#servers.set(server, 0);
      this.#shareBound();
    });
    server.on('connection', (raw: Socket) => this.#add(raw, server));
  }

  /** The connection under a socket of either layer. */
  of(socket: Socket): Connection | null {
    const known = this.#known.get(socket);
    if (known) return known;
    // Node says nowhere in public which TCP socket a TLS socket runs on; without its own word for it, both name the same peer.
    const parent = Reflect.get(socket, '_parent') as Socket | undefined;
    const found = (parent && this.#known.get(parent)) ?? this.#byPeer(socket);
    if (found) this.#known.set(socket, found);
    return found ?? null;
  }

  /** The handshake is done: from here HTTP speaks. */
  secured(socket: TLSSocket): void {
    const connection = this.of(socket);
    if (!connection) return;
    connection.http = socket;
    connection.securedAtMs = performance.now();
  }

  /** Without TLS, HTTP speaks from the start. */
  plain(raw: Socket): void {
    const connection = this.of(raw);
    if (connection) connection.http = raw;
  }

  /** From here each answer under way is the last on its connection, and says so if it can. */
  finish(): void {
    this.closing = true;
    for (const connection of this.#open) {
      const answer = answerUnderWay(connection.http);
      if (!answer) continue;
      answer.shouldKeepAlive = false;
      answer.once('close', () => connection.http?.destroySoon());
    }
  }

  /** Closes those on which no answer is under way. */
  endIdle(): void {
    for (const connection of this.#open) if (!answerUnderWay(connection.http)) destroy(connection);
  }

  destroyAll(): void {
    for (const connection of this.#open) destroy(connection);
  }

  #add(raw: Socket, server: Server): void {
    const connection: Connection = {
      raw,
      server,
      remote: `${raw.remoteAddress ?? '?'}:${raw.remotePort ?? '?'}`,
      http: null,
      securedAtMs: 0,
      told: false,
    };
    this.#open.add(connection);
    this.#known.set(raw, connection);
    this.#servers.set(server, (this.#servers.get(server) ?? 0) + 1);
    raw.on('error', ignore);
    raw.once('close', () => this.#forget(raw));
    this.#shareBound();
  }

  #forget(raw: Socket): void {
    const connection = this.#known.get(raw);
    if (!connection || !this.#open.delete(connection)) return;
    this.#servers.set(connection.server, (this.#servers.get(connection.server) ?? 1) - 1);
    this.#shareBound();
    if (!this.closing) this.#onClose(connection);
  }

  /** Each server knows only of its own connections: it may have those it has and what is left. -1: none. */
  #shareBound(): void {
    const left = Math.max(0, this.#most - this.#open.size);
    for (const [server, own] of this.#servers) server.maxConnections = own + left || -1;
  }

  #byPeer(socket: Socket): Connection | undefined {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    for (const connection of this.#open) if (connection.remote === peer) return connection;
    return undefined;
  }
}

/** The response of the request that a socket is busy with. Node keeps it there, as its own `clientError` answer and many a graceful shutdown rely on. */
export function answerUnderWay(socket: Socket | null): ServerResponse | null {
  const message = socket && (Reflect.get(socket, '_httpMessage') as ServerResponse | null | undefined);
  return message && !message.writableFinished ? message : null;
}

function destroy(connection: Connection): void {
  connection.http?.destroy();
  connection.raw.destroy();
}

/** What went wrong on a socket is told by the layer above; here it must only not end the process. */
function ignore(): void {}
