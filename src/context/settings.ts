import { DrydockError } from '../errors.js';
import type { RunOptions } from '../reports/run.js';
import { DEFAULTS } from '../reports/target.js';

/** The numbers of a run, checked. */
export type Settings = ReturnType<typeof settingsOf>;

export function settingsOf(options: RunOptions) {
  const settings = {
    /** Undefined: as the ledger has it, else the default. */
    batchSize: options.batchSize,
    concurrency: options.concurrency ?? DEFAULTS.concurrency,
    maxRejects: options.maxRejects ?? DEFAULTS.maxRejects,
    /** Null: no limit. */
    maxRate: options.maxRate ?? null,
    nice: options.nice === true,
    capture: options.capture !== false,
  };
  requireWhole('batchSize', settings.batchSize ?? DEFAULTS.batchSize, 1);
  requireWhole('concurrency', settings.concurrency, 1);
  requireWhole('maxRejects', settings.maxRejects, 0);
  if (settings.maxRate !== null) requireRate(settings.maxRate);
  return settings;
}

/** @throws DrydockError for what is not a rate */
export function requireRate(maxRate: number): void {
  requireWhole('maxRate', maxRate, 1, MOST_RATE);
}

/** As the ledger stores it. */
const MOST_RATE = 2 ** 31 - 1;

function requireWhole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const limits = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new DrydockError({
    code: 'bad-option',
    what: `${name} is ${value}; it has to be a whole number ${limits}.`,
    state: 'Nothing was done.',
    next: `Give ${name} such a number, or leave it out for the default.`,
  });
}
