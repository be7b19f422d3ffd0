import { Composer, LineCounter, Parser, type CST, type Document, type YAMLError } from 'yaml';
import { formatSize } from '../base/units.ts';
import { holdsMasks, maskStars, maskTraps, type ExpressionTrap } from './expression-traps.ts';
import { FilePlaces } from './file-places.ts';
import type { Mistakes } from './mistakes.ts';
import { NodeValues, type YamlTree } from './node-values.ts';
import type { ReadFile } from './source.ts';
import { deepestNesting, tooDeepAt } from './token-depth.ts';
import { inQuotes, plainComplaints } from './yaml-messages.ts';

/** A scenario file is at most this many letters. */
const longestText = 5_000_000;

/**
 * Reads the text of a scenario file. Every mistake of its YAML is told in plain words; where the structure holds in spite
 * of them the value is given all the same, so that the rest can be checked.
 */
export function readYaml(file: string, source: string, mistakes: Mistakes): ReadFile {
  const text = source.startsWith('\ufeff') ? source.slice(1) : source;
  if (text.length > longestText) {
    mistakes.put({ file, line: 1, column: 1 }, { code: 'file-too-large', message: 'The scenario file is too large', expected: `at most ${formatSize(longestText)}`, got: formatSize(text.length), fix: 'Move large bodies to fixtures' });
    return { file, value: undefined, places: new FilePlaces(file, text, new LineCounter(), null) };
  }
  const first = composeText(file, holdsMasks(text) ? text : maskStars(text), text, []);
  if (!text.includes('${{') || !isSuspicious(first.document.errors, first.tree)) return finish(first, mistakes);
  const masked = maskTraps(maskStars(text));
  return finish(masked.traps.length === 0 || holdsMasks(text) ? first : composeText(file, masked.text, text, masked.traps), mistakes);
}

interface Composed {
  readonly file: string;
  /** As it was written; the document was read from the masked text of the same length. */
  readonly text: string;
  readonly traps: readonly ExpressionTrap[];
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly tree: YamlTree;
  /** Offset of the first value that is nested too deeply; then nothing else was read. */
  readonly tooDeep: number | null;
  readonly secondDocument: number | null;
}

function composeText(file: string, masked: string, text: string, traps: readonly ExpressionTrap[]): Composed {
  const lines = new LineCounter();
  const tokens = tokensOf(masked, lines);
  const tooDeep = tokens === null ? 0 : tooDeepAt(tokens);
  // Composing recurses: what is too deep is never given to it.
  const composer = new Composer({ uniqueKeys: false, strict: true, version: '1.2', resolveKnownTags: false, logLevel: 'silent', keepSourceTokens: false });
  const [document, second] = composer.compose(tokens === null || tooDeep !== null ? [] : tokens, true, masked.length);
  const tree = new NodeValues(text, masked, document as Document.Parsed, traps, lines).tree();
  return { file, text, traps, document: document as Document.Parsed, lines, tree, tooDeep, secondDocument: second?.range[0] ?? null };
}

/** Null when the parser, which recurses too, runs out of stack. */
function tokensOf(text: string, lines: LineCounter): CST.Token[] | null {
  try {
    return [...new Parser(lines.addNewLine).parse(text)];
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether expressions without quotes may be behind what went wrong. */
function isSuspicious(errors: readonly YAMLError[], tree: YamlTree): boolean {
  return errors.length > 0 || tree.tornExpression;
}

function finish(composed: Composed, mistakes: Mistakes): ReadFile {
  const { file, text, traps, document, lines, tree } = composed;
  const places = new FilePlaces(file, text, lines, tree);
  let broken = false;
  const refuse = (offset: number, message: string, fix: string, code = 'bad-yaml'): void => {
    broken = true;
    mistakes.put(places.at(offset), { code, message, fix });
  };
  if (composed.tooDeep !== null) refuse(composed.tooDeep, `Nested deeper than ${deepestNesting} levels`, 'Move deep bodies to fixtures', 'too-deep');
  if (composed.secondDocument !== null) refuse(composed.secondDocument, 'A file holds one scenario; here a second document begins', 'Put it in a file of its own, and take the `---` out');
  const byLine = trapsByLine(traps, lines);
  for (const trap of byLine.values()) mistakes.put(places.at(trap[0]!.start), trapMistake(trap, text, document));
  const unclosedInFlow = traps.find(({ cause }) => cause === 'unclosed');
  for (const { offset, mistake, serious } of plainComplaints(document.errors, text)) {
    if (byLine.has(lines.linePos(offset).line) || (unclosedInFlow && offset > unclosedInFlow.start)) continue;
    mistakes.put(places.at(offset), mistake);
    broken ||= serious;
  }
  if (/^%/m.test(text) && (document.directives?.yaml.explicit || Object.keys(document.directives?.tags ?? {}).length > 1)) refuse(text.search(/^%/m), 'A line that begins with `%` at the top is a YAML directive, which scenario files do not use', 'Take it out');
  const unsound = document.errors.some(({ code }) => code !== 'BAD_SCALAR_START' && code !== 'BAD_DQ_ESCAPE');
  for (const { offset, mistake } of tree.mistakes) if (!unsound || (mistake.code !== 'no-value' && mistake.code !== 'bad-key')) mistakes.put(places.at(offset), mistake);
  return { file, value: broken || unsound || tree.unusable ? undefined : tree.value, places };
}

function trapsByLine(traps: readonly ExpressionTrap[], lines: LineCounter): ReadonlyMap<number, readonly ExpressionTrap[]> {
  const byLine = new Map<number, ExpressionTrap[]>();
  for (const trap of [...traps].sort((a, b) => a.start - b.start)) {
    const { line } = lines.linePos(trap.start);
    const group = byLine.get(line);
    if (group) group.push(trap);
    else byLine.set(line, [trap]);
  }
  return byLine;
}

const reasons = {
  flow: 'An expression inside `{ }` or `[ ]` needs single quotes',
  comment: 'An expression that holds ` #` needs single quotes: the rest is a comment to YAML',
  colon: 'An expression that holds `: ` needs single quotes: YAML reads a map',
  unclosed: 'This `${{` is never closed by `}}`',
} as const;

/** The mistake of the torn expressions of one line; the fix shows the line with the quotes it needs. */
function trapMistake(traps: readonly ExpressionTrap[], text: string, document: Document.Parsed): { code: string; message: string; fix: string } {
  const { cause, start, manyLines } = traps[0]!;
  const code = cause === 'unclosed' ? 'unclosed-expression' : 'unquoted-expression';
  if (cause === 'unclosed') return { code, message: reasons.unclosed, fix: 'Write `${{ … }}`, in single quotes inside `{ }` and `[ ]`' };
  if (manyLines) return { code, message: reasons[cause], fix: "Put the whole expression in single quotes, or on lines of its own after `>-`" };
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  let line = text.slice(lineStart, newline === -1 ? text.length : newline);
  for (const trap of [...traps].reverse()) {
    if (trap.cause === 'unclosed') continue;
    const [from, to] = valueAround(document, trap, text);
    line = `${line.slice(0, from - lineStart)}${inQuotes(text.slice(from, to))}${line.slice(to - lineStart)}`;
  }
  return { code, message: reasons[cause], fix: `Write \`${line.trim()}\`` };
}

/** The whole unquoted text that an expression is part of. */
function valueAround(document: Document.Parsed, trap: ExpressionTrap, text: string): readonly [number, number] {
  let from = trap.start;
  let to = trap.end;
  const stops = trap.cause === 'flow' ? /[{[,]\s*$|:\s+$/ : /:\s+$|-\s+$/;
  const lineStart = text.lastIndexOf('\n', trap.start - 1) + 1;
  while (from > lineStart && !stops.test(text.slice(lineStart, from))) from -= 1;
  const rest = text.slice(to, text.indexOf('\n', to) === -1 ? text.length : text.indexOf('\n', to));
  const end = (trap.cause === 'flow' ? /\s*(?:[,}\]]|$)/ : /\s*(?:\s#|$)/).exec(rest);
  if (end) to += end.index;
  return from < lineStart || document.range === undefined ? [trap.start, trap.end] : [from, to];
}
