import type { ASTNode } from '@marcbachmann/cel-js';
import { need, type Fixture } from '../model/index.ts';
import type { Code, Compiling } from './code.ts';
import { closed } from './name-code.ts';
import { Problem } from './run.ts';

/** Bytes that a fixture used as text may have. */
const largestText = 10_000_000;

/** `fixture("name")`: found and checked at load, so its fields never change between requests. */
export function fixtureCode(nameNode: ASTNode, c: Compiling): Code {
  if (nameNode.op !== 'value' || typeof nameNode.args !== 'string') {
    c.compile(nameNode);
    return c.mistake(nameNode, { code: 'fixture-name', message: 'The name of a fixture is written out', expected: 'a text such as `fixture("report.csv")`', got: `\`${c.written(nameNode)}\`` });
  }
  const fixture = c.scope.fixture(nameNode.args);
  if ('code' in fixture) return c.mistake(nameNode, fixture);
  return closed({
    text: fixed('text', once(() => readText(fixture))),
    size: fixed('number', () => BigInt(fixture.sizeBytes)),
    sha256: fixed('text', () => fixture.sha256()),
    name: fixed('text', () => fixture.name),
  }, true);
}

function fixed(kind: 'text' | 'number', read: () => unknown): Code {
  return { kind, needs: need.nothing, fixed: true, run: read };
}

function once(read: () => string): () => string {
  let text: string | null = null;
  return () => (text ??= read());
}

function readText(fixture: Fixture): string {
  if (fixture.sizeBytes > largestText) throw new Problem(`the fixture \`${fixture.name}\` is larger than ${largestText} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(fixture.read());
  } catch {
    throw new Problem(`the fixture \`${fixture.name}\` is no UTF-8 text`);
  }
}
