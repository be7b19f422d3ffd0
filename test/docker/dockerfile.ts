import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** One instruction: `COPY --from=build /app/dist /app/dist`. */
export interface Step {
  /** Upper case. */
  readonly instruction: string;
  /** `{ from: 'build' }`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What stands behind instruction and flags, lines joined. */
  readonly text: string;
  /** The words of `text`, or the items of its JSON list. */
  readonly words: readonly string[];
  /** Whether `text` is a JSON list: run without a shell. */
  readonly exec: boolean;
}

export interface Stage {
  readonly image: string;
  readonly name: string | null;
  readonly steps: readonly Step[];
}

/** The stages of the project's Dockerfile. */
export function readDockerfile(): readonly Stage[] {
  const lines = readFileSync(join(root, 'Dockerfile'), 'utf8').split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const stages: (Stage & { readonly steps: Step[] })[] = [];
  for (const line of lines.join('\n').replace(/\\\n\s*/g, '').split('\n')) {
    const step = readStep(line);
    if (step.instruction !== 'FROM') stages.at(-1)!.steps.push(step);
    else stages.push({ image: step.words[0]!, name: step.words[1]?.toUpperCase() === 'AS' ? step.words[2]! : null, steps: [] });
  }
  return stages;
}

function readStep(line: string): Step {
  const [, instruction, flagText, text] = /^([A-Za-z]+)((?:\s+--[\w-]+=\S+)*)\s+(.*)$/.exec(line)!;
  const flags = Object.fromEntries([...flagText!.matchAll(/--([\w-]+)=(\S+)/g)].map((found) => [found[1]!, found[2]!]));
  const upper = instruction!.toUpperCase();
  if (upper === 'HEALTHCHECK') {
    const inner = readStep(text!);
    return { ...inner, instruction: upper, flags };
  }
  const exec = text!.startsWith('[');
  return { instruction: upper, flags, text: text!, exec, words: exec ? (JSON.parse(text!) as string[]) : text!.split(/\s+/) };
}

/** The last of a kind, which is the one that holds. */
export function lastOf({ steps }: Stage, instruction: string): Step {
  const found = steps.findLast((step) => step.instruction === instruction);
  if (!found) throw new Error(`the stage has no ${instruction}`);
  return found;
}

/** The variables that a stage sets. */
export function environmentOf({ steps }: Stage): Readonly<Record<string, string>> {
  return Object.fromEntries(steps.filter(({ instruction }) => instruction === 'ENV').flatMap(({ words }) => words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])));
}

/** Whether `.dockerignore` keeps a path out of the build: the last pattern that fits it or a folder above it decides. */
export function isIgnored(path: string): boolean {
  const patterns = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const parts = posix.normalize(path).split('/');
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  let ignored = false;
  for (const pattern of patterns) {
    const glob = new RegExp(`^${pattern.replace(/^!/, '').replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '[^/]*')}$`);
    if (above.some((one) => glob.test(one))) ignored = !pattern.startsWith('!');
  }
  return ignored;
}
