import { wholeNumber } from './scalars.js';

const MOST_LANES = 64; // each lane is a connection or two
const MOST_ROWS = 1_000_000; // a batch is one transaction

/** Left undefined when not given: the library knows its defaults, and the ledger the batches of an earlier run. */
export const sizeFlags = {
  concurrency: wholeNumber('--concurrency', 1, MOST_LANES),
  batchSize: wholeNumber('--batch-size', 1, MOST_ROWS),
} as const;
