import { wholeNumber } from './scalars.js';

const MOST_REJECTS = 1_000_000_000;

export const maxRejects = wholeNumber('--max-rejects', 0, MOST_REJECTS);
