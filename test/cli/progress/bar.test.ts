import { describe, expect, test } from 'vitest';
import { type BarState, barText } from '../../../src/cli/progress/bar.js';
import { Pace } from '../../../src/cli/progress/pace.js';
import { displayWidth } from '../../../src/cli/render/text.js';

const state: BarState = {
  doneRows: 123_456,
  totalRows: 1_200_000,
  doneBatches: 12,
  totalBatches: 120,
  rate: 40_123.4,
  secondsLeft: 26.8,
  paused: false,
};

describe('the bar', () => {
  test('shows rows, rows per second, ETA and batches', () => {
    expect(barText(state, 120)).toMatch(
      /^ {2}█+░+ +10% {2}123,456\/1,200,000 rows {2}40,123 rows\/s {2}ETA 27 s {2}batch 12\/120$/,
    );
  });

  test.each([60, 80, 120])('fits %i columns', (width) => {
    expect(displayWidth(barText(state, width))).toBeLessThan(width);
  });

  test('of a paused run says so in place of a rate and an end', () => {
    const paused = barText({ ...state, paused: true }, 120);
    expect(paused).toMatch(/123,456\/1,200,000 rows {2}paused {2}batch 12\/120$/);
  });

  test('is full at the end, and of nothing', () => {
    for (const end of [
      { ...state, doneRows: state.totalRows },
      { ...state, doneRows: 0, totalRows: 0 },
    ]) {
      expect(barText(end, 80)).not.toContain('░');
      expect(barText(end, 80)).toContain('100%');
    }
  });
});

test('the pace does not count what an earlier run had loaded', () => {
  let clock = 0;
  const pace = new Pace(() => clock);
  expect(pace.secondsLeft).toBeNull();
  clock = 1000;
  pace.update({ rows: 1000, doneRows: 9000, totalRows: 10_000 });
  expect(pace.rate).toBe(1000);
  expect(pace.secondsLeft).toBe(1);
});
