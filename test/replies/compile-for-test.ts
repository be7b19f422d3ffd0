import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Facts, Fixture, Reply, StoredReport } from '../../src/model/index.ts';
import { compileReply, replyShape } from '../../src/replies/index.ts';
import { invalid } from '../../src/shapes/index.ts';
import { readYaml, TestCompiler, type FoundMistake, type TestCompilerOptions } from '../support/compiler.ts';
import { makeFacts, makeRequest, type FactsOptions } from '../support/facts.ts';

export interface CompiledReplyForTest {
  /** Null when the value has not the shape of a reply. */
  readonly reply: Reply | null;
  readonly mistakes: readonly FoundMistake[];
}

/** A reply in YAML, checked and compiled; what has to be waited for is there. */
export async function compileYaml(yaml: string, options: TestCompilerOptions = {}): Promise<CompiledReplyForTest> {
  const compiler = new TestCompiler(options);
  const value = replyShape.parse(readYaml(yaml), [], (path, mistake, at = 'value') => compiler.mistake(mistake, path, at));
  const reply = value === invalid ? null : compileReply(value, compiler);
  await compiler.ready();
  return { reply, mistakes: compiler.mistakes };
}

export function factsOf(url = '/', options: FactsOptions & { readonly headers?: Readonly<Record<string, string>>; readonly reports?: readonly StoredReport[] } = {}): Facts {
  const facts = makeFacts(makeRequest({ url, headers: options.headers ?? {} }), options);
  return { ...facts, report: (asked) => options.reports?.find((one) => one.id === asked || one.sha256 === asked) ?? null };
}

/** The answer of a reply without mistakes. */
export async function answerYaml(yaml: string, facts: Facts = factsOf(), options: TestCompilerOptions = {}): Promise<Answer> {
  const { reply, mistakes } = await compileYaml(yaml, options);
  if (mistakes.length > 0) throw new Error(JSON.stringify(mistakes));
  return reply!.fixed ?? (await reply!.render(facts));
}

/** Headers by lower-case name; of several lines, a list. */
export function headersOf(answer: Answer): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let index = 0; index < answer.headers.length; index += 2) {
    const name = answer.headers[index]!.toLowerCase();
    const value = answer.headers[index + 1]!;
    headers[name] = name in headers ? [headers[name]!, value].flat() : value;
  }
  return headers;
}

export function textOf(answer: Answer): string {
  if (answer.body.kind === 'bytes') return answer.body.bytes.toString();
  if (answer.body.kind === 'stream') return Buffer.concat(answer.body.chunks.map((chunk) => chunk.bytes)).toString();
  return `(${answer.body.kind})`;
}

/** A file on disk as a fixture; `remove` takes it away again. */
export function fixtureOnDisk(name: string, bytes: Buffer): { readonly fixture: Fixture; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'replies-'));
  const path = join(dir, name);
  writeFileSync(path, bytes);
  const fixture: Fixture = { name, path, sizeBytes: bytes.length, modifiedMs: statSync(path).mtimeMs, read: () => bytes, sha256: () => createHash('sha256').update(bytes).digest('hex') };
  return { fixture, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
