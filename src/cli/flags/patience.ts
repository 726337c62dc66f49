import { wholeNumber } from './scalars.js';

const LONGEST_SECONDS = 86_400;

export const patience = wholeNumber('--patience', 0, LONGEST_SECONDS);
