import { createRequire } from 'node:module';

let load: ReturnType<typeof createRequire> | null = null;

/** A package that most runs never need, and one that does needs at once: loaded here rather than imported, since start-up counts. */
export function loadLater(name: string): unknown {
  load ??= createRequire(import.meta.url);
  return load(name);
}
