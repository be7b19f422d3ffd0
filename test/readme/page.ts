import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const readmeFile = join(root, 'README.md');
export const page = readFileSync(readmeFile, 'utf8');

/** A fenced block of the page. */
export interface Block {
  readonly language: string;
  /** What stands behind the language on the fence: `fragment`, `mistakes`, `server`, `exit 1`. */
  readonly info: string;
  readonly text: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** Nothing but blank lines stands between this block and the one before. */
  readonly follows: boolean;
  /** The last heading above. */
  readonly section: string;
}

/** All fenced blocks in order. Throws for a fence that is never closed. */
export function blocksOf(markdown: string): readonly Block[] {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  let section = '';
  let close = -1;
  for (let index = 0; index < lines.length; index += 1) {
    section = /^#+ (.*)$/.exec(lines[index]!)?.[1] ?? section;
    const fence = /^```(\w*) ?(.*)$/.exec(lines[index]!);
    if (!fence) continue;
    const end = lines.indexOf('```', index + 1);
    if (end < 0) throw new Error(`README.md:${index + 1} opens a block that is never closed`);
    const follows = close >= 0 && lines.slice(close + 1, index).every((line) => line.trim() === '');
    blocks.push({ language: fence[1]!, info: fence[2]!, text: lines.slice(index + 1, end).join('\n'), line: index + 1, follows, section });
    close = end;
    index = end;
  }
  return blocks;
}

/** The part of the page that stands between `<!-- table: NAME -->` and `<!-- end -->`. */
export function tableOf(name: string): string | null {
  return tablePattern(name).exec(page)?.[2]?.trimEnd() ?? null;
}

/** Writes a table anew. Only when a person asked for it. */
export function replaceTable(name: string, text: string): void {
  const current = readFileSync(readmeFile, 'utf8');
  writeFileSync(readmeFile, current.replace(tablePattern(name), (_all, open: string, _old: string, end: string) => `${open}${text}\n${end}`));
}

export function tableNames(): readonly string[] {
  return [...page.matchAll(/<!-- table: (.+?) -->/g)].map((found) => found[1]!);
}

function tablePattern(name: string): RegExp {
  return new RegExp(`(<!-- table: ${name} -->\\n)([^]*?)(<!-- end -->)`);
}
