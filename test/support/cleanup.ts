import { afterAll } from 'vitest';

const open: (() => unknown)[] = [];

// Registered while the test file is collected: `afterAll` called from inside a test or a hook does nothing.
afterAll(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** Done when the test file ends, the last given first. */
export function whenTestsEnd(close: () => unknown): void {
  open.push(close);
}
