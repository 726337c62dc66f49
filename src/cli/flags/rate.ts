import { wholeNumber } from './scalars.js';

const MOST_RATE = 1_000_000_000;

export const rateFlag = wholeNumber('--max-rate', 1, MOST_RATE);
