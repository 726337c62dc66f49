import { expect, test } from 'vitest';
import type { Figures } from '../../bench/figures.js';
import { targetsOf } from '../../bench/targets.js';

const figures: Omit<Figures, 'targets'> = {
  rows: 500_000,
  runs: 3,
  legacyRows: 1_200_000,
  seconds: {},
  medians: {},
  ratios: {},
  secondsPerMillionRows: 10,
  rowsPerSecond: 100_000,
  peakRssMb: 200,
  unifiedRows: { ours: 1, mergeKeys: 1 },
  account: [],
  machine: {},
};

const verdicts = (changes: Partial<typeof figures>) =>
  targetsOf({ ...figures, ...changes }).map(({ name, measured, met }) => [name, measured, met]);

test('holds only what was measured against a target', () => {
  expect(verdicts({})).toEqual([['peak memory, MB', 200, true]]);
});

test('a target is met up to its very bound, and not beyond', () => {
  const ratios = { oursOverInsertSelect: 0.8, oursOverRawCopy: 1.11, verifyOverOurs: 0.25 };
  expect(verdicts({ ratios, peakRssMb: 256.5 })).toEqual([
    ['ours / insert-select', 0.8, true],
    ['ours / raw copy', 1.11, false],
    ['verify / ours', 0.25, true],
    ['peak memory, MB', 256.5, false],
  ]);
});

test('a reader may lose half of its speed, with and without further arguments', () => {
  const reader = [
    { arguments: [], alone: 100, beside: 49, ratio: 0.49 },
    { arguments: ['--nice'], alone: 100, beside: 50, ratio: 0.5 },
  ];
  expect(verdicts({ reader })).toContainEqual(['reader beside a run / alone', 0.49, false]);
  expect(verdicts({ reader })).toContainEqual(['reader beside a run / alone --nice', 0.5, true]);
});

test('one row written when nothing has changed is one too many', () => {
  expect(verdicts({ againRowsWritten: 0 })).toContainEqual(['nothing changed: rows written', 0, true]);
  expect(verdicts({ againRowsWritten: 1 })).toContainEqual(['nothing changed: rows written', 1, false]);
});

test('memory of two sizes is compared at the lanes where it differs most', () => {
  const memory = (peaks: readonly number[]) =>
    peaks.map((peakRssMb, index) => ({ concurrency: 2 ** index, peakRssMb }));
  const baseline = {
    rows: 5_000_000,
    secondsPerMillionRows: 10,
    peakRssMb: 200,
    memory: memory([100, 200, 200]),
  };
  const spread = (peaks: readonly number[]) =>
    verdicts({ baseline, memory: memory(peaks) }).find(([name]) => name === 'peak memory between two sizes');
  expect(spread([104, 200, 196])).toEqual(['peak memory between two sizes', 1.04, true]);
  expect(spread([100, 200, 180])).toMatchObject({ 2: false });
});
