import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // By default two cores get one worker; but more than half of every test is waiting.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // A hang is to be seen, and a loaded machine of two cores is not one.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
