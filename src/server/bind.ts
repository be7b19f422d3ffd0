import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { EnvironmentProblem, errorCode } from '../base/problems.ts';

/** Servers that listen on one port, each on an address of its own. */
export interface Bound<S extends Server> {
  readonly servers: readonly S[];
  readonly port: number;
  readonly addresses: readonly string[];
}

const mostAttempts = 20;

/** The addresses of a `--host`: `localhost` is both loopback addresses, since clients may resolve it to either. */
function addressesOf(host: string): readonly string[] {
  return host.toLowerCase() === 'localhost' ? ['127.0.0.1', '::1'] : [host.replace(/^\[(.*)\]$/, '$1')];
}

/**
 * Listens on every address of the host, on one port for all; port 0 takes one that is free on all of them. A family that
 * the machine does not have is left out while another is there. `option`: the one that gave the port, for the advice.
 * Throws EnvironmentProblem.
 */
export async function bind<S extends Server>(make: () => S, host: string, port: number, option: '--port' | '--http'): Promise<Bound<S>> {
  const addresses = addressesOf(host);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await bindAll(make, addresses, port);
    } catch (error) {
      const retry = port === 0 && addresses.length > 1 && errorCode(error) === 'EADDRINUSE' && attempt < mostAttempts;
      if (!retry) throw explain(error, host, port, option);
    }
  }
}

async function bindAll<S extends Server>(make: () => S, addresses: readonly string[], port: number): Promise<Bound<S>> {
  const servers: S[] = [];
  const bound: string[] = [];
  let actual = port;
  let missing: unknown;
  for (const address of addresses) {
    const server = make();
    try {
      server.listen({ host: address, port: actual });
      await once(server, 'listening');
      servers.push(server);
      bound.push(address);
      actual = (server.address() as AddressInfo).port;
    } catch (error) {
      missing = error;
      if (addresses.length > 1 && absentFamily.has(errorCode(error))) continue;
      for (const other of servers) other.close();
      throw error;
    }
  }
  if (servers.length === 0) throw missing;
  return { servers, port: actual, addresses: bound };
}

const absentFamily: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL']);

function explain(error: unknown, host: string, port: number, option: string): unknown {
  const code = errorCode(error);
  switch (code) {
    case 'EADDRINUSE': return new EnvironmentProblem(`Port ${port} is in use`, `${whoHas(port, process.platform)} Or give another with \`${option}\` (0: any free one).`);
    case 'EACCES': return new EnvironmentProblem(`Port ${port} may not be opened by this user`, `Give a port from 1024 up with \`${option}\`.`);
    case 'EADDRNOTAVAIL': case 'EAFNOSUPPORT': case 'EINVAL': return new EnvironmentProblem(`This machine has no address ${host}`, 'Give one of its own with `--host`, or `localhost`, or `0.0.0.0` for all.');
    case 'ENOTFOUND': case 'EAI_AGAIN': return new EnvironmentProblem(`The host name ${host} has no address`, 'Give another with `--host`, or `localhost`.');
    case 'EMFILE': case 'ENFILE': return new EnvironmentProblem('Too many files are open to listen', 'Raise the limit (`ulimit -n`).');
    default: return error;
  }
}

/** How to find out who listens on a port, on this kind of machine. */
export function whoHas(port: number, platform: NodeJS.Platform): string {
  switch (platform) {
    case 'win32': return `See by whom: \`netstat -ano | findstr :${port}\`, then \`tasklist /fi "PID eq NUMBER"\`.`;
    case 'darwin': {
      const airplay = port === 5000 || port === 7000 ? ' (on a Mac this is often the AirPlay Receiver: System Settings, General, AirDrop & Handoff)' : '';
      return `See by whom: \`lsof -nP -iTCP:${port} -sTCP:LISTEN\`${airplay}.`;
    }
    default: return `See by whom: \`ss -ltnp 'sport = :${port}'\` or \`lsof -nP -iTCP:${port} -sTCP:LISTEN\`.`;
  }
}
