import type { Settings } from '../server/settings.ts';
import { settingsOfFlags, startOptions, type StartOption } from './start-options.ts';

/** What `rehearsal start` was given. */
export interface StartWords {
  readonly paths: readonly string[];
  readonly flags: Partial<Settings>;
}

/**
 * Reads the words of `rehearsal start` as they nearly always are: paths, switches, and options with their value behind them. Null for all
 * else, which the command line proper reads, or tells what is wrong with it: loading that takes as long as loading ten scenarios.
 * Throws UsageProblem for a value that is none.
 */
export function readStartWords([command, ...words]: readonly string[]): StartWords | null {
  if (command !== 'start') return null;
  const paths: string[] = [];
  const given = new Map<StartOption, string | readonly string[] | true>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (!word.startsWith('-')) {
      paths.push(word);
      continue;
    }
    const option = startOptions.find(({ name }) => word === `--${name}`);
    if (!option) return null;
    if (option.value === null) {
      given.set(option, true);
      continue;
    }
    at += 1;
    const value = words[at];
    if (value === undefined) return null;
    given.set(option, option.repeatable ? [...((given.get(option) as readonly string[] | undefined) ?? []), value] : value);
  }
  return { paths, flags: settingsOfFlags((option) => given.get(option)) };
}
