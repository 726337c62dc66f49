import type { Baseline, Figures } from './figures.js';

/** One promise, and whether this run kept it. */
export interface Target {
  readonly name: string;
  readonly bound: 'at most' | 'at least';
  readonly target: number;
  readonly measured: number;
  readonly met: boolean;
}

/** The promises hold from this many submissions on; smaller runs are mostly start-up. */
export const TARGET_ROWS = 500_000;

const MOST_MEMORY_MB = 256;

/** The promises that this run has figures for. */
export function targetsOf(figures: Omit<Figures, 'targets'>): Target[] {
  const { ratios, rerun, reader, againRowsWritten, baseline } = figures;
  return [
    ...atMost('ours / insert-select', 0.8, ratios.oursOverInsertSelect),
    ...atMost('ours / raw copy', 1.1, ratios.oursOverRawCopy),
    ...atMost('verify / ours', 0.25, ratios.verifyOverOurs),
    ...(rerun ?? []).flatMap(({ batches, of, seconds, allowance }) =>
      atMost(`${batches} of ${of} batches again, s`, allowance, seconds),
    ),
    ...atMost('nothing changed: rows written', 0, againRowsWritten),
    ...atMost('nothing changed: run / verify', 1, ratios.againOverVerify),
    ...atMost('assessments / insert-select', 0.8, ratios.assessmentsOverInsertSelect),
    ...(reader ?? []).flatMap(({ arguments: args, ratio }) =>
      atLeast(['reader beside a run / alone', ...args].join(' '), 0.5, ratio),
    ),
    ...atMost('peak memory, MB', MOST_MEMORY_MB, figures.peakRssMb),
    ...atMost('peak memory between two sizes', 1.05, baseline && memorySpread(figures, baseline)),
    ...atMost('seconds per row / baseline', 1.1, ratios.secondsPerRowOverBaseline),
  ];
}

/** How far the memory of two sizes lies apart, at the number of lanes where that is most. */
function memorySpread(a: Baseline, b: Baseline): number {
  const pairs = (a.memory ?? []).flatMap(({ concurrency, peakRssMb }) =>
    (b.memory ?? [])
      .filter((other) => other.concurrency === concurrency)
      .map((other) => [peakRssMb, other.peakRssMb] as const),
  );
  if (pairs.length === 0) pairs.push([a.peakRssMb, b.peakRssMb]);
  return Math.max(...pairs.map(([x, y]) => Math.max(x, y) / Math.min(x, y)));
}

function atMost(name: string, target: number, measured: number | undefined): Target[] {
  return measured === undefined
    ? []
    : [{ name, bound: 'at most', target, measured, met: measured <= target }];
}

function atLeast(name: string, target: number, measured: number): Target[] {
  return [{ name, bound: 'at least', target, measured, met: measured >= target }];
}
