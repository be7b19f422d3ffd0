import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { didYouMean } from '../base/nearest.ts';
import { UsageProblem } from '../base/problems.ts';
import { printable, show } from '../base/show.ts';
import { writeBundle } from '../certs/bundle.ts';
import { openCertificates, type Certificates } from '../certs/certificates.ts';
import { namesOf } from '../certs/names.ts';
import { recipes, trustVariables, type Recipe, type Way } from '../certs/recipes.ts';
import { posixShell } from '../certs/shell.ts';

export interface TrustOptions {
  /** The folder of `--certs`. */
  readonly certs: string;
  /** The names of `--san`. */
  readonly sans: readonly string[];
  readonly selfSigned?: boolean;
  /** One kind of client, as a person writes it (`java`, `Firefox`); null: all. */
  readonly client: string | null;
  /** Only `export` lines. */
  readonly env: boolean;
  /** How the server is reached; for the examples. */
  readonly url?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface TrustIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/**
 * `rehearsal trust [CLIENT] [--env]`: where the CA is, and how each client is told. Makes the CA when there is none.
 * Returns the exit code; throws UsageProblem and EnvironmentProblem.
 */
export async function trustCommand(options: TrustOptions, io: TrustIo): Promise<number> {
  const list = (caFile: string, bundleFile: string): readonly Recipe[] => recipes({ caFile, bundleFile, url: options.url ?? 'https://localhost:5000/', platform: io.platform });
  const only = options.client === null ? null : find(options.client, list('', '')).id;
  const certificates = await openCertificates({ dir: options.certs, sans: options.sans, selfSigned: options.selfSigned ?? false, now: options.now });
  for (const notice of certificates.notices) io.stderr(`${notice}\n`);
  const bundleFile = await writeBundle(dirname(certificates.caFile), certificates.caPem);
  const chosen = list(certificates.caFile, bundleFile).filter((recipe) => only === null || recipe.id === only);
  if (options.env) return exportLines(certificates.caFile, bundleFile, only === null ? null : chosen[0]!, io);
  const lines = [...heading(certificates, bundleFile, options.now())];
  for (const recipe of chosen) lines.push('', ...describe(recipe, await inEnvironment(recipe, certificates, io.env)));
  if (only === null) lines.push('', `${io.platform === 'win32' ? 'In Git Bash, all at once' : 'All variables at once'}: eval "$(rehearsal trust --env)". One client alone: rehearsal trust CLIENT.`);
  io.stdout(`${lines.join('\n')}\n`);
  return 0;
}

function find(client: string, all: readonly Recipe[]): Recipe {
  const word = client.trim().toLowerCase();
  const found = all.find((recipe) => recipe.id === word || recipe.also.includes(word));
  if (found) return found;
  const near = didYouMean(word, all.flatMap((recipe) => [recipe.id, ...recipe.also]));
  throw new UsageProblem(`There is no recipe for ${show(client)}`, `${near ? `${near} ` : ''}There are: ${all.map((recipe) => recipe.id).join(', ')}.`);
}

function exportLines(caFile: string, bundleFile: string, recipe: Recipe | null, io: TrustIo): number {
  const variables = Object.entries(trustVariables(caFile, bundleFile)).filter(([name]) => recipe === null || recipe.reads.includes(name));
  if (variables.length === 0) throw new UsageProblem(`${recipe!.client} is not told by a variable alone`, `See \`rehearsal trust ${recipe!.id}\`.`);
  for (const [name, value] of variables) io.stdout(`${posixShell.set(name, value)}\n`);
  if (io.platform === 'win32') io.stderr('These lines are for sh (Git Bash, WSL); `rehearsal trust CLIENT` shows them for PowerShell.\n');
  return 0;
}

function heading(certificates: Certificates, bundleFile: string, nowMs: number): readonly string[] {
  const days = Math.floor((certificates.caExpiresAt - nowMs) / 86_400_000);
  const names = namesOf(new X509Certificate(certificates.cert)).map((name) => name.value);
  return [
    'The CA that vouches for this server',
    `  file         ${certificates.caFile}`,
    `  SHA-256      ${certificates.caFingerprint}`,
    `  valid until  ${new Date(certificates.caExpiresAt).toISOString().slice(0, 10)} (${days} days; a new one is made before that)`,
    `  names        ${names.join(', ')}`,
    `  bundle       ${bundleFile}`,
    '               (the public roots and this CA, for settings that replace the roots a client has)',
  ];
}

function describe(recipe: Recipe, environment: readonly string[]): readonly string[] {
  return [
    `${recipe.client}${recipe.tried === null ? '   [from its documentation, not tried]' : ''}`,
    ...environment.map((line) => `  ! ${line}`),
    ...recipe.ways.flatMap((way) => [`  ${way.title} (${effectOf(way)}):`, ...way.lines.map((line) => `    ${line}`)]),
    ...recipe.cautions.map((caution) => `  ${caution}`),
  ];
}

function effectOf(way: Way): string {
  if (way.effect === 'adds') return 'ADDS to the public roots';
  return way.lines.some((line) => line.includes('bundle.pem')) ? 'REPLACES the public roots; the bundle has them too' : 'REPLACES the public roots';
}

/** What is set already for this client, and which of it wins. */
async function inEnvironment(recipe: Recipe, certificates: Certificates, env: TrustIo['env']): Promise<readonly string[]> {
  const set = recipe.reads.filter((name) => isSet(recipe, env[name]));
  return Promise.all(set.map(async (name, index) => {
    const value = env[name]!;
    const verdict = recipe.id === 'java' ? 'names a trust store' : (await holds(value, certificates.caPem)) ? 'holds this CA' : 'does NOT hold this CA';
    const wins = index === 0 ? (set.length > 1 ? `; it wins over ${set.slice(1).join(' and ')}` : '') : `; ${set[0]} wins over it`;
    return `${name} is set to ${printable(value)}, which ${verdict}${recipe.id === 'python' ? pythonReader(name) : wins}.`;
  }));
}

/** Python's libraries do not agree on which they read. */
function pythonReader(name: string): string {
  return name === 'SSL_CERT_FILE' ? ' (urllib, httpx and aiohttp read it)' : name === 'CURL_CA_BUNDLE' ? ' (requests reads it when REQUESTS_CA_BUNDLE is not set)' : ' (requests reads it)';
}

function isSet(recipe: Recipe, value: string | undefined): boolean {
  return value !== undefined && value !== '' && (recipe.id !== 'java' || value.includes('javax.net.ssl.trustStore'));
}

const mostBytes = 8 * 1024 * 1024;

async function holds(file: string, caPem: string): Promise<boolean> {
  try {
    const path = resolve(file);
    const found = await stat(path);
    if (!found.isFile() || found.size > mostBytes) return false;
    return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n').includes(caPem.trim());
  } catch {
    return false;
  }
}
