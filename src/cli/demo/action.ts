import type { Command } from 'commander';
import { DEFAULTS } from '../../reports/target.js';
import { parseOwn } from '../flags/parse.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { shape } from '../flags/shape.js';
import { sizeFlags } from '../flags/sizes.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import { runDemo } from './demo.js';
import { DEMO_DEFAULTS } from './options.js';

const MOST_SUBMISSIONS = 10_000_000;
const LARGEST_SEED = 999_999_999_999_999;

const flags = {
  rows: wholeNumber('--rows', 1, MOST_SUBMISSIONS),
  seed: wholeNumber('--seed', 0, LARGEST_SEED),
  shape,
  concurrency: sizeFlags.concurrency,
  keep: flag,
};

/** What `drydock demo` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { rows, seed, ...given } = parseOwn(flags, command);
  refuseTarget(command);
  await runDemo(session, {
    submissions: rows ?? DEMO_DEFAULTS.submissions,
    seed: seed ?? DEMO_DEFAULTS.seed,
    shape: given.shape ?? DEMO_DEFAULTS.shape,
    concurrency: given.concurrency ?? DEFAULTS.concurrency,
    keep: given.keep,
  });
}

/** Somebody who names a database expects the demo to happen there. */
function refuseTarget(command: Command): void {
  const { databaseUrl, schema, appSchema } = command.optsWithGlobals<Record<string, unknown>>();
  if ([databaseUrl, schema, appSchema].some((value) => value !== undefined)) {
    throw new UsageError('The demo has a server and a database of its own: it takes no other.', 'demo');
  }
}
