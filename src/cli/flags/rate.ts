import type { Command } from 'commander';
import { wholeNumber } from './scalars.js';

const MOST_RATE = 1_000_000_000;

/** How fast rows may be loaded. */
export function addRateFlag(command: Command): Command {
  return command.option(
    '--max-rate <rows>',
    'legacy rows loaded per second at most, over all lanes (default: no limit)',
  );
}

export const rateFlag = wholeNumber('--max-rate', 1, MOST_RATE);
