import { defineConfig } from 'vitest/config';

/** The checks that install and build: `npm run test:image`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/docker/*.check.ts'],
    testTimeout: 30_000,
    hookTimeout: 300_000,
  },
});
