import type { Compiler } from '../model/index.ts';
import { compilePattern, type Pattern } from './values/pattern.ts';

/**
 * A pattern for whole names of zip entries: `*` and `?` stay within a folder, `**` crosses folders, everything else is
 * itself. `*.csv` is looked for at the top of the archive, `**` + `/*.csv` also further down.
 */
export function compileGlob(glob: string, compiler: Compiler): Pattern {
  const inner = glob.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (piece) => {
    switch (piece) {
      case '**/': return '(?:.*/)?';
      case '**': return '.*';
      case '*': return '[^/]*';
      case '?': return '[^/]';
      default: return piece.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
    }
  });
  return compilePattern(`(?s)^${inner}$`, false, compiler);
}
