import type { Command } from 'commander';
import { DEFAULTS } from '../../reports/target.js';
import { wholeNumber } from './scalars.js';

const LONGEST_SECONDS = 86_400;

/** How long to come again for locks that others hold. */
export function addPatienceFlag(command: Command): Command {
  return command.option(
    '--patience <seconds>',
    `how long to come again where transactions stand in the way (default: ${DEFAULTS.patience})`,
  );
}

export const patience = wholeNumber('--patience', 0, LONGEST_SECONDS);
