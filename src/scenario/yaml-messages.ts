import type { YAMLError } from 'yaml';
import type { Mistake } from '../base/diagnostic.ts';
import { printable, show } from '../base/show.ts';

/** What the YAML reader complained about, in plain words. `serious`: the structure of what follows cannot be trusted. */
export interface YamlComplaint {
  readonly offset: number;
  readonly mistake: Mistake;
  readonly serious: boolean;
}

/** More complaints than this about one text are not looked at. */
const mostComplaints = 1000;

/** The complaints that are worth telling: each line once, and no complaint that only follows from another. */
export function plainComplaints(errors: readonly YAMLError[], text: string): readonly YamlComplaint[] {
  const told: YamlComplaint[] = [];
  let lastLine = -2;
  let anySerious = false;
  let tabTold = false;
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    if (told.length >= mostComplaints) break;
    if ((anySerious && followsFromAnother(error)) || (tabTold && error.code === 'TAB_AS_INDENT')) continue;
    tabTold ||= error.code === 'TAB_AS_INDENT';
    const line = text.lastIndexOf('\n', Math.min(error.pos[0], text.length) - 1);
    if (line === lastLine) continue;
    lastLine = line;
    const complaint = plainWords(error, text);
    anySerious ||= complaint.serious;
    told.push(complaint);
  }
  return told;
}

function followsFromAnother(error: YAMLError): boolean {
  return ['UNEXPECTED_TOKEN', 'BAD_INDENT', 'MISSING_CHAR', 'MULTILINE_IMPLICIT_KEY', 'BLOCK_AS_IMPLICIT_KEY', 'IMPOSSIBLE', 'BLOCK_IN_FLOW'].includes(error.code);
}

function plainWords(error: YAMLError, text: string): YamlComplaint {
  const offset = Math.min(error.pos[0], text.length);
  const serious = (message: string, fix?: string, at = offset): YamlComplaint => ({ offset: at, serious: true, mistake: { code: 'bad-yaml', message, fix } });
  const mild = (message: string, fix?: string): YamlComplaint => ({ offset, serious: false, mistake: { code: 'bad-yaml', message, fix } });
  const line = lineAt(text, offset);
  switch (error.code) {
    case 'TAB_AS_INDENT': return serious('A tab cannot indent YAML', 'Use spaces');
    case 'BAD_SCALAR_START': return mild(`Text that begins with ${text[offset] === '`' ? 'a backquote' : `\`${text[offset]}\``} needs quotes`, quotedLine(text, offset, plainEnd(text, offset)));
    case 'BAD_DQ_ESCAPE': return mild(`\`${text.slice(offset, offset + 2)}\` means nothing inside double quotes`, 'Write single quotes instead, or a double backslash');
    case 'BAD_ALIAS': return serious('A `*` without quotes begins an alias in YAML', text[offset] === '*' ? quotedLine(text, offset, plainEnd(text, offset)) : 'Put the text in single quotes');
    case 'BLOCK_AS_IMPLICIT_KEY': return nestedMap(text, offset, line, serious);
    case 'MULTILINE_IMPLICIT_KEY': case 'KEY_OVER_1024_CHARS': return missingColon(text, offset, serious);
    case 'BAD_INDENT': return badIndent(error, text, offset, serious);
    case 'MISSING_CHAR': return missingCharacter(error, text, serious);
    case 'RESOURCE_EXHAUSTION': return serious('The file is nested too deeply');
    case 'DUPLICATE_KEY': return mild('A key is written twice');
    case 'BAD_DIRECTIVE': return serious('A line beginning with `%` at the top is a YAML directive, which scenario files do not use', 'Take it out');
    case 'MULTIPLE_ANCHORS': case 'MULTIPLE_TAGS': case 'ALIAS_PROPS': case 'BAD_PROP_ORDER': return serious('An anchor (`&`), a tag (`!`) or an alias (`*`) stands where it cannot', 'Put text that begins with `&`, `!` or `*` in single quotes');
    default: return unexpected(error, text, offset, serious);
  }
}

type Serious = (message: string, fix?: string, at?: number) => YamlComplaint;

function nestedMap(text: string, offset: number, line: string, serious: Serious): YamlComplaint {
  const lineEnd = endOfLine(text, offset);
  const value = text.slice(offset, lineEnd);
  if (/^\s*- /.test(value)) return serious('A list item cannot stand among the keys of a map', 'Put a space after each dash, and give all dashes of a list the same indentation', offset + indentOf(text, offset));
  if (/:(\s|$)/.test(value) && !/^["'{[&*!|>]/.test(value)) return serious('Text that holds `: ` needs quotes', quotedLine(text, offset, offset + value.trimEnd().length));
  const next = text.indexOf('\n', offset) + 1;
  if (next > 0 && indentOf(text, next) > indentOf(text, text.lastIndexOf('\n', offset) + 1)) {
    return serious(`This line is indented deeper than \`${shorten(line.trim())}\`, which has its value already`, 'Give both lines the same indentation, or take the value above out', next + indentOf(text, next));
  }
  return serious(`This line does not fit what stands above it: ${show(line.trim(), 60)}`, 'Look at its indentation, and at the colon and the value of the line above');
}

function indentOf(text: string, lineStart: number): number {
  return /^ */.exec(text.slice(lineStart, lineStart + 1000))![0].length;
}

function missingColon(text: string, offset: number, serious: Serious): YamlComplaint {
  const line = lineAt(text, offset).trim();
  if (/^-\S/.test(line)) return serious(`\`${shorten(line)}\` is no list item`, `Put a space after the dash: \`- ${shorten(line.slice(1))}\``);
  if (/^[^:]*$/.test(line)) return serious(`\`${shorten(line)}\` lacks its colon`, `Write \`${shorten(line)}:\``);
  return serious(`The line after \`${shorten(line)}\` is indented deeper, but this line already has its value`, 'Give both lines the same indentation');
}

function badIndent(error: YAMLError, text: string, offset: number, serious: Serious): YamlComplaint {
  const flow = /^Flow (map|sequence)/.exec(error.message);
  if (flow) return unclosed(text, offset, flow[1] === 'map' ? '{' : '[', serious);
  return serious('The indentation fits neither the line above nor the keys around it', 'Give keys of one map, and the dashes of one list, the same indentation');
}

function unclosed(text: string, offset: number, bracket: '{' | '[', serious: Serious): YamlComplaint {
  const close = bracket === '{' ? '}' : ']';
  let depth = 0;
  let at = Math.min(offset, text.length) - 1;
  for (; at >= 0; at -= 1) {
    if (text[at] === close) depth += 1;
    else if (text[at] === bracket && (depth -= 1) < 0) break;
  }
  return serious(`A \`${bracket}\` is opened and never closed`, `Close it with \`${close}\``, at < 0 ? offset : at);
}

function missingCharacter(error: YAMLError, text: string, serious: Serious): YamlComplaint {
  const at = Math.min(error.pos[0], text.length);
  const quote = /Missing closing (['"])/.exec(error.message)?.[1];
  if (quote) return serious(`A \`${quote}\` is opened and never closed`, 'Close the quotes', openQuote(text, at, quote));
  if (error.message.startsWith('Missing ,')) return serious('A comma is missing between two entries', 'Put a `,` before this, or quotes around the text before it', at);
  const bracket = /(map|sequence).*closing|closing.*(map|sequence)/i.exec(error.message);
  return bracket ? unclosed(text, at, /map/.test(bracket[0]) ? '{' : '[', serious) : missingColon(text, at, serious);
}

/** Where the quotes were opened that are still open at the end: the first line with an odd number of them. */
function openQuote(text: string, end: number, quote: string): number {
  let lineStart = 0;
  for (const line of text.slice(0, end).split('\n')) {
    if (line.split(quote).length % 2 === 0) {
      const opens = new RegExp(`(?:^|[\\s:,{\\[-])${quote}`).exec(line);
      if (opens) return lineStart + opens.index + opens[0].length - 1;
    }
    lineStart += line.length + 1;
  }
  return end;
}

function unexpected(error: YAMLError, text: string, offset: number, serious: Serious): YamlComplaint {
  const rest = text.slice(offset, Math.min(endOfLine(text, offset), offset + 200)).trim();
  const found = rest === '' ? 'The end of the file' : show(rest, 40);
  if (/flow-(map|seq)-end/.test(error.message)) return serious(`A \`${text[offset] ?? ''}\` closes what was never opened`, 'Take it out, or put the text in single quotes');
  if (/flow-error-end/.test(error.message)) return serious('A `{` or `[` is not closed before the file ends', 'Close it with `}` or `]`');
  if (/at node end/.test(error.message) && text[offset - 1] === "'") return serious("A `'` inside single quotes ends the text", "Write it twice (`''`), or put the text in double quotes", offset - 1);
  if (/at node end/.test(error.message)) return serious(`${found} follows a value that has ended already`, 'Put the whole value in single quotes, or begin a new line');
  if (/Not a YAML token/.test(error.message)) return serious(`${found} cannot stand after \`|\` or \`>\``, 'Begin the text on the next line');
  const second = /^[^,{}[\]]*?\s([\w-]+:)\s/.exec(rest);
  if (second && insideBraces(text, offset)) return serious(`A comma is missing before \`${second[1]}\``, 'Put a `,` between the two entries');
  return serious(`${found} cannot stand here`, 'Look at this line and at the one above: an indentation, a colon, a bracket or a quote is off');
}

function insideBraces(text: string, offset: number): boolean {
  return /[{[][^}\]]*$/.test(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset));
}

/** The line with one of its texts in single quotes, as a fix: "Write `message: '…'`". */
export function quotedLine(text: string, start: number, end: number): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  return `Write \`${`${text.slice(lineStart, start)}${inQuotes(text.slice(start, end))}${text.slice(end, endOfLine(text, end))}`.trim()}\``;
}

export function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Where an unquoted text ends: at a comma or bracket when the line opens a `{` or `[` before it, else at a comment or the line's end. */
function plainEnd(text: string, start: number): number {
  const rest = text.slice(start, endOfLine(text, start));
  const inFlow = insideBraces(text, start);
  const found = (inFlow ? /\s*[,}\]]|\s+#/ : /\s+#/).exec(rest);
  return start + (found ? found.index : rest.trimEnd().length);
}

function lineAt(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, endOfLine(text, offset));
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  const end = found === -1 ? text.length : found;
  return end > from && text[end - 1] === '\r' ? end - 1 : end;
}

/** Text for between backquotes: on one line, not too long. */
export function shorten(text: string): string {
  return printable(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
