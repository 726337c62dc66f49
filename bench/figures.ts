import type { Size } from './measures/account.js';
import type { Memory } from './measures/memory.js';
import type { Reader } from './measures/reader.js';
import type { Rerun } from './measures/rerun.js';
import { median } from './median.js';
import type { Round } from './round.js';
import { type Target, targetsOf } from './targets.js';

/** The times of each contender, round by round. */
const SECONDS = {
  ours: (round) => round.ours.seconds,
  oursLoad: (round) => round.ours.phase.seconds.load,
  oursIndexes: (round) => round.ours.phase.seconds.indexes,
  verify: (round) => round.ours.verifySeconds,
  insertSelect: (round) => round.insertSelect?.seconds,
  rawCopy: (round) => round.rawCopy?.seconds,
  scan: (round) => round.scan,
  again: (round) => round.again?.seconds,
  verifyCommand: (round) => round.again?.verifySeconds,
  assessments: (round) => round.assessments?.seconds,
  assessmentsVerify: (round) => round.assessments?.verifySeconds,
  assessmentsInsertSelect: (round) => round.assessments?.insertSelectSeconds,
} as const satisfies Record<string, (round: Round) => number | undefined>;

/** Which medians are divided by which. */
const RATIOS = {
  oursOverInsertSelect: ['ours', 'insertSelect'],
  oursOverRawCopy: ['ours', 'rawCopy'],
  verifyOverOurs: ['verify', 'ours'],
  verifyOverScan: ['verify', 'scan'],
  againOverVerify: ['again', 'verifyCommand'],
  assessmentsOverInsertSelect: ['assessments', 'assessmentsInsertSelect'],
} as const satisfies Record<string, readonly [Timed, Timed]>;

type Timed = keyof typeof SECONDS;

/** An earlier run that this one is compared with, usually at another size. */
export interface Baseline {
  readonly rows: number;
  readonly secondsPerMillionRows: number;
  readonly peakRssMb: number;
  readonly memory?: readonly Memory[];
}

/** What `--json` writes. Seconds and ratios of what was not measured are left out. */
export interface Figures extends Baseline {
  readonly runs: number;
  readonly legacyRows: number;
  readonly seconds: Readonly<Partial<Record<Timed, readonly number[]>>>;
  readonly medians: Readonly<Partial<Record<Timed, number>>>;
  readonly ratios: Readonly<Partial<Record<keyof typeof RATIOS | 'secondsPerRowOverBaseline', number>>>;
  readonly rowsPerSecond: number;
  /** Bytes of the unified rows as COPY text; only where the raw copy was measured. */
  readonly megabytesPerSecond?: number;
  /** Rows that each made: one statement tells no ideas apart, so it has as many as there are merge keys. */
  readonly unifiedRows: {
    readonly ours: number;
    readonly mergeKeys: number;
    readonly insertSelect?: number;
    readonly assessments?: number;
    readonly assessmentsInsertSelect?: number;
  };
  readonly rerun?: readonly (Rerun & { readonly allowance: number })[];
  readonly againRowsWritten?: number;
  readonly reader?: readonly (Reader & { readonly ratio: number })[];
  readonly baseline?: Baseline;
  /** Of the first round, in bytes. */
  readonly account: readonly Size[];
  readonly targets: readonly Target[];
  readonly machine: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly rows: number;
  readonly rounds: readonly [Round, ...Round[]];
  readonly memory: readonly Memory[] | undefined;
  readonly baseline: Baseline | undefined;
  readonly machine: Readonly<Record<string, string>>;
}

export function figuresOf({ rows, rounds, memory, baseline, machine }: Measured): Figures {
  const [first] = rounds;
  const seconds = fromEntries(
    Object.entries(SECONDS).flatMap(([name, pick]) => {
      const values = rounds.map(pick).filter((value) => value !== undefined);
      return values.length === 0 ? [] : [[name, values]];
    }),
  ) as Figures['seconds'] & { readonly ours: readonly number[] };
  const medians = fromEntries(
    Object.entries(seconds).map(([name, values]) => [name, median(values)]),
  ) as Figures['medians'] & { readonly ours: number };
  const legacyRows = first.ours.phase.rowsRead;
  const secondsPerMillionRows = (medians.ours / legacyRows) * 1e6;
  const bytes = first.rawCopy?.bytes;
  const written = rounds.flatMap((round) => round.again?.rowsWritten ?? []);
  const figures = {
    rows,
    runs: rounds.length,
    legacyRows,
    seconds,
    medians,
    ratios: {
      ...fromEntries(
        Object.entries(RATIOS).flatMap(([name, [over, under]]) => {
          const [a, b] = [medians[over], medians[under]];
          return a === undefined || b === undefined ? [] : [[name, a / b]];
        }),
      ),
      ...(baseline && {
        secondsPerRowOverBaseline: secondsPerMillionRows / baseline.secondsPerMillionRows,
      }),
    } as Figures['ratios'],
    secondsPerMillionRows,
    rowsPerSecond: legacyRows / medians.ours,
    ...(bytes !== undefined && { megabytesPerSecond: bytes / 1e6 / medians.ours }),
    peakRssMb: Math.max(
      ...rounds.map((round) => round.ours.report.peakRssBytes / 2 ** 20),
      ...(memory ?? []).map(({ peakRssMb }) => peakRssMb),
    ),
    ...(memory && { memory }),
    unifiedRows: unifiedRowsOf(first),
    ...(first.rerun && { rerun: rerunsOf(rounds, medians.ours) }),
    ...(written.length > 0 && { againRowsWritten: Math.max(...written) }),
    ...(first.reader && { reader: readersOf(rounds) }),
    ...(baseline && { baseline }),
    account: first.account,
    machine,
  };
  return { ...figures, targets: targetsOf(figures) };
}

function fromEntries(entries: readonly (readonly unknown[])[]): object {
  return Object.fromEntries(entries as [string, unknown][]);
}

function unifiedRowsOf({ ours, insertSelect, assessments }: Round): Figures['unifiedRows'] {
  return {
    ours: ours.phase.unifiedRows,
    mergeKeys: ours.mergeKeys,
    ...(insertSelect && { insertSelect: insertSelect.rows }),
    ...(assessments && {
      assessments: assessments.unifiedRows.ours,
      assessmentsInsertSelect: assessments.unifiedRows.insertSelect,
    }),
  };
}

/** The median of each size, beside what it may take: 1.2 times its share of a full backfill, and half a second. */
function rerunsOf(rounds: readonly Round[], full: number): NonNullable<Figures['rerun']> {
  return (rounds[0]?.rerun ?? []).map(({ batches, of }, index) => ({
    batches,
    of,
    seconds: median(rounds.flatMap((round) => round.rerun?.[index]?.seconds ?? [])),
    allowance: ((1.2 * batches) / of) * full + 0.5,
  }));
}

function readersOf(rounds: readonly Round[]): NonNullable<Figures['reader']> {
  return (rounds[0]?.reader ?? []).map((reader, index) => {
    const all = rounds.flatMap((round) => round.reader?.[index] ?? []);
    return {
      arguments: reader.arguments,
      alone: median(all.map(({ alone }) => alone)),
      beside: median(all.map(({ beside }) => beside)),
      ratio: median(all.map(({ alone, beside }) => beside / alone)),
    };
  });
}
