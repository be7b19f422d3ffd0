import { authShape, compileScheme } from '../../src/auth/index.ts';
import type { AuthVerdict, ClientCertificate, Collection, Denial, Draft, ExampleRequest, Facts, Scheme } from '../../src/model/index.ts';
import { emptyTable, SeedTable } from '../../src/memory/index.ts';
import { invalid } from '../../src/shapes/index.ts';
import { readYaml, TestCompiler, type FoundMistake, type TestCompilerOptions } from '../support/compiler.ts';
import { makeDraft, makeFacts, makeRequest, settled, type FactsOptions } from '../support/facts.ts';

/** A scheme called `partner` in YAML, with its mistakes. */
export function compileAuth(yaml: string, options: TestCompilerOptions = {}, root = 'demo'): { readonly scheme: Scheme | null; readonly mistakes: readonly FoundMistake[] } {
  const compiler = new TestCompiler(options);
  const schemes = authShape.parse({ partner: readYaml(yaml) }, [], (path, mistake, at = 'value') => compiler.mistake(mistake, path, at));
  const scheme = schemes === invalid ? null : compileScheme('partner', schemes['partner'], compiler.at('partner'), root);
  return { scheme, mistakes: compiler.mistakes };
}

/** The same for a scheme that is well written. */
export function makeScheme(yaml: string, options: TestCompilerOptions = {}, root?: string): Scheme {
  const { scheme, mistakes } = compileAuth(yaml, options, root);
  if (!scheme || mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join('\n'));
  return scheme;
}

export interface Asking extends FactsOptions {
  readonly request?: ExampleRequest & { readonly rawHeaders?: readonly string[] };
  readonly authorization?: string;
  readonly scope?: readonly string[];
}

export function factsOf(scheme: Scheme, { request, authorization, ...options }: Asking = {}): Facts {
  return makeFacts(makeRequest({ ...request, headers: { ...request?.headers, ...(authorization !== undefined && { authorization }) } }), { memory: makeDraft({ collections: scheme.collections }), ...options });
}

export function check(scheme: Scheme, asking: Asking = {}): Promise<AuthVerdict> {
  const facts = factsOf(scheme, asking);
  return settled(() => scheme.check(facts, asking.scope ?? []));
}

/** The status, 200 when the caller is let in, with why not and the challenge. */
export async function outcome(scheme: Scheme, asking: Asking = {}): Promise<Pick<Denial, 'challenge' | 'because' | 'detail'> & { readonly status: number } | { readonly status: 200; readonly subject: string | null; readonly scope: readonly string[] }> {
  const verdict = await check(scheme, asking);
  if (verdict.kind === 'allowed') return { status: 200, subject: verdict.caller.subject, scope: verdict.caller.scope };
  const { status, because, challenge, detail } = verdict;
  return { status, because, challenge, detail };
}

/** What `issue` makes. */
export function issue(scheme: Scheme, subject: string | null, claims: Parameters<NonNullable<Scheme['issue']>>[0]['claims'] = {}, asking: Asking & { readonly memory?: Draft } = {}): Promise<Awaited<ReturnType<NonNullable<Scheme['issue']>>>> {
  const memory = asking.memory ?? makeDraft({ collections: scheme.collections });
  const facts = factsOf(scheme, { ...asking, memory });
  return settled(() => scheme.issue!({ subject, claims }, facts, memory));
}

/** A collection with these first rows, keyed by `id`. */
export function collectionOf(name: string, rows: readonly Readonly<Record<string, string | number | readonly string[]>>[] = [], options: Partial<Collection> = {}): Collection {
  const key = options.key?.field ?? 'id';
  const seed = rows.length === 0 ? emptyTable : new SeedTable(new Map(rows.map((row) => [String(row[key]), Object.assign(Object.create(null), row)])), rows.length + 1);
  return { name, key: { field: 'id', type: 'counted' }, unique: [], seed, columns: new Map(), check: () => [], stamps: { insert: null, write: null }, ...options };
}

export const certificate: ClientCertificate = { subject: 'CN=acme,O=Partners', commonName: 'acme', names: ['acme.example', 'ops@acme.example'], fingerprint: 'ab'.repeat(32), trusted: true, problem: null };

export function basicOf(user: string, password: string, encoding: BufferEncoding = 'utf8'): string {
  return `Basic ${Buffer.from(`${user}:${password}`, encoding).toString('base64')}`;
}
