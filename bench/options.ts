import { Command, InvalidArgumentError } from 'commander';

/** What can be measured, in the order in which a round does it. `ours` is always: the others stand on it. */
export const MEASURES = [
  'ours',
  'insert-select',
  'raw-copy',
  'scan',
  'rerun',
  'again',
  'assessments',
  'reader',
  'memory',
] as const;
export type Measure = (typeof MEASURES)[number];

export interface BenchOptions {
  readonly rows: number;
  readonly runs: number;
  readonly only: ReadonlySet<Measure>;
  readonly json?: string;
  readonly baseline?: string;
  readonly readerSeconds: number;
  /** Also measure the reader beside a run with these arguments. */
  readonly readerArgs?: readonly string[];
}

export function parseOptions(argv: readonly string[]): BenchOptions {
  return new Command('bench')
    .description('Measure Drydock against its peers, on one database, in one run, alternating')
    .option('--rows <n>', 'submissions to make', count, 500_000)
    .option('--runs <k>', 'rounds; each measures everything once', count, 3)
    .option('--only <a,b,c>', `measure only these: ${MEASURES.join(', ')}`, measures, new Set(MEASURES))
    .option('--json <file>', 'also write the figures there')
    .option('--baseline <file>', 'compare seconds per row, and memory, with an earlier --json file')
    .option('--reader-seconds <s>', 'how long the reader reads alone, before and after a run', count, 5)
    .option(
      '--reader-args <args>',
      'measure the reader a second time, beside a run with these further arguments',
      (text) => text.split(' ').filter((word) => word !== ''),
    )
    .parse([...argv], { from: 'user' })
    .opts<BenchOptions>();
}

/** A whole number of at least one. */
function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It has to be a whole number above 0.');
  return value;
}

function measures(text: string): ReadonlySet<Measure> {
  const named = text.split(',').map((name) => {
    const known = MEASURES.find((measure) => measure === name.trim());
    if (known === undefined) throw new InvalidArgumentError(`Known are ${MEASURES.join(', ')}.`);
    return known;
  });
  return new Set<Measure>(['ours', ...named]);
}
