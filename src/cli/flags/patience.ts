import { wholeNumber } from './scalars.js';

const LONGEST_SECONDS = 86_400;
/** Everybody else waits behind it. */
const LONGEST_WAIT_SECONDS = 60;

export const lockWait = wholeNumber('--lock-wait', 1, LONGEST_WAIT_SECONDS);

export const patience = wholeNumber('--patience', 0, LONGEST_SECONDS);
