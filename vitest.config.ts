import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { JourneysFirst } from './test/support/sequencer.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    pool: 'forks',
    sequence: { sequencer: JourneysFirst },
    // The files that a process runs one after the other share their modules: loading the product anew for each of them
    // cost a tenth of the time. What a file changes in its process it therefore has to put back.
    isolate: false,
    // By default two cores get one worker; but more than half of every test is waiting.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // A hang is to be seen, and a loaded machine of two cores is not one.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
