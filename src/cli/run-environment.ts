import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { certificatesIn, pemText } from '../certs/bundle.ts';
import { javaTrustStore, trustStorePassword } from '../certs/java-trust-store.ts';
import { trustVariables } from '../certs/recipes.ts';
import type { Io } from './io.ts';

/** What a command is told of the server that runs for it. */
export interface RunAddress {
  readonly url: string;
  /** Null when the admin API is off. */
  readonly adminUrl: string | null;
  /** Absolute. */
  readonly caFile: string;
  /** PEM. */
  readonly caPem: string;
}

/**
 * The environment of the command: what is there already, the address, and for every common client the setting by which it trusts
 * the server beside all that it trusted before. The files that this needs are written into `folder`.
 * @param madeAtMs milliseconds since 1970, for the Java trust store
 */
export async function runEnvironment(server: RunAddress, env: Io['env'], folder: string, madeAtMs: number): Promise<NodeJS.ProcessEnv> {
  const bundleFile = join(folder, 'bundle.pem');
  const javaStore = join(folder, 'truststore.jks');
  const variables = trustVariables(server.caFile, bundleFile);
  const extra = await alreadyTrusted(env, Object.keys(variables));
  const trusted = [...new Set([...rootCertificates, ...extra])];
  await writeFile(bundleFile, pemText([...trusted, server.caPem]), { mode: 0o600 });
  await writeFile(javaStore, javaTrustStore(new Map([...trusted.map((pem, index) => [`root-${index + 1}`, pem] as const), ['rehearsal', server.caPem]]), madeAtMs), { mode: 0o600 });
  return {
    ...env,
    ...variables,
    NODE_EXTRA_CA_CERTS: await nodeCertificates(server, env, folder),
    JAVA_TOOL_OPTIONS: [env['JAVA_TOOL_OPTIONS']?.trim(), javaOptions(javaStore)].filter(Boolean).join(' '),
    REHEARSAL_URL: server.url,
    REHEARSAL_ADMIN_URL: server.adminUrl ?? undefined,
  };
}

/** The certificates of the files that the environment names for its clients: the roots of a company's proxy, as a rule. */
async function alreadyTrusted(env: Io['env'], names: readonly string[]): Promise<readonly string[]> {
  const files = new Set(names.map((name) => env[name]).filter((file) => file !== undefined && file !== ''));
  return (await Promise.all([...files].map((file) => certificatesIn(file!)))).flat();
}

/** Node takes one file beside its own roots: the CA, or a new file where the environment names one with other certificates. */
async function nodeCertificates(server: RunAddress, env: Io['env'], folder: string): Promise<string> {
  const before = await certificatesIn(env['NODE_EXTRA_CA_CERTS'] ?? '');
  if (before.length === 0) return server.caFile;
  const file = join(folder, 'extra.pem');
  await writeFile(file, pemText([...before, server.caPem]), { mode: 0o600 });
  return file;
}

/** Of two settings of one name Java takes the last, so these stand behind what is there. */
function javaOptions(store: string): string {
  const options = [`-Djavax.net.ssl.trustStore=${store}`, '-Djavax.net.ssl.trustStoreType=JKS', `-Djavax.net.ssl.trustStorePassword=${trustStorePassword}`];
  return options.map((option) => (/[\s']/.test(option) ? `"${option}"` : option)).join(' ');
}
