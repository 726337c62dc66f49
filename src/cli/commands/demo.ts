import type { Command } from 'commander';
import { z } from 'zod';
import { DEFAULTS } from '../../reports/target.js';
import { quoted } from '../../words/printable.js';
import { parseFlags } from '../flags/parse.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { sizeFlags } from '../flags/sizes.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

/** Which legacy tables the demo makes: both generations of the schema, the second one with dlt's table, or a mixture. */
export const DEMO_SHAPES = ['A', 'B', 'dlt', 'mixed'] as const;
export type DemoShape = (typeof DEMO_SHAPES)[number];

/** What the demo is asked for. */
export interface DemoOptions {
  /** Reddit submissions; the other tables follow from them. */
  readonly submissions: number;
  readonly seed: number;
  readonly shape: DemoShape;
  readonly keep: boolean;
  readonly concurrency: number;
}

const DEMO_DEFAULTS = { submissions: 20_000, seed: 1, shape: 'B' } as const;
const MOST_SUBMISSIONS = 10_000_000;
const LARGEST_SEED = 999_999_999_999_999;

export const shape = z.string().transform((text, context): DemoShape => {
  const found = DEMO_SHAPES.find((known) => known === text);
  if (found !== undefined) return found;
  context.addIssue({
    code: 'custom',
    message: `--shape wants one of ${DEMO_SHAPES.join(', ')}, not ${quoted(text)}.`,
  });
  return z.NEVER;
});

const flags = z
  .object({
    rows: wholeNumber('--rows', 1, MOST_SUBMISSIONS),
    seed: wholeNumber('--seed', 0, LARGEST_SEED),
    shape: shape.default(DEMO_DEFAULTS.shape),
    concurrency: sizeFlags.concurrency,
    keep: flag,
  })
  .transform(
    ({ rows, seed, concurrency, ...rest }): DemoOptions => ({
      ...rest,
      submissions: rows ?? DEMO_DEFAULTS.submissions,
      seed: seed ?? DEMO_DEFAULTS.seed,
      concurrency: concurrency ?? DEFAULTS.concurrency,
    }),
  );

/** `drydock demo`: everything at once, on a server and a database of its own. */
export function addDemo(program: Command, session: Session): void {
  const command = program
    .command('demo')
    .summary('watch it work on a database of its own')
    .description(
      'Starts a PostgreSQL server of its own, makes a legacy database, plans, runs all phases and verifies. ' +
        'Server and data are gone when it ends.',
    )
    .option('--rows <n>', `Reddit submissions to make (default: ${DEMO_DEFAULTS.submissions})`)
    .option('--seed <n>', `the same seed makes the same data (default: ${DEMO_DEFAULTS.seed})`)
    .option(
      '--shape <shape>',
      `which legacy tables: ${DEMO_SHAPES.join(', ')} (default: ${DEMO_DEFAULTS.shape})`,
    )
    .option('--concurrency <n>', `lanes that load side by side (default: ${DEFAULTS.concurrency})`)
    .option('--keep', 'keep the server running afterwards, until Ctrl-C');
  command
    .addHelpText(
      'after',
      helpAfter([
        ['drydock demo', 'the default'],
        ['drydock demo --rows 200000', 'ten times as much'],
        ['drydock demo --shape mixed --keep', 'look around in the result'],
      ]),
    )
    .action(async () => {
      const options = parseFlags(flags, command);
      refuseTarget(command);
      // The server and the data generator are loaded by nobody else.
      const { runDemo } = await import('../demo/demo.js');
      await runDemo(session, options);
    });
}

/** Somebody who names a database expects the demo to happen there. */
function refuseTarget(command: Command): void {
  const { databaseUrl, schema, appSchema } = command.optsWithGlobals<Record<string, unknown>>();
  if ([databaseUrl, schema, appSchema].some((value) => value !== undefined)) {
    throw new UsageError('The demo has a server and a database of its own: it takes no other.', 'demo');
  }
}
