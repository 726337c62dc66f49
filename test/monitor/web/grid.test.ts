import { expect, test } from 'vitest';
import { gridFor } from '../../../src/monitor/page/grid.js';

test.each([
  [0, 800],
  [1, 800],
  [500, 350],
  [2_000, 350],
  [10_000, 1100],
  [100_000, 350],
  [1_000_000, 1100],
])('%i batches in %i pixels: all of them have a place, and the map is not too tall', (batches, width) => {
  const { columns, size, gap, height, perCell } = gridFor(batches, width);
  expect(columns * (size + gap) - gap).toBeLessThanOrEqual(width);
  expect(height).toBeLessThanOrEqual(240);
  const rows = Math.floor((height + gap) / (size + gap));
  expect(rows * columns * perCell).toBeGreaterThanOrEqual(batches);
});

test('cells stand for one batch each as long as they fit', () => {
  expect(gridFor(100, 800)).toMatchObject({ perCell: 1, size: 18 });
  expect(gridFor(10_000, 1100).perCell).toBe(1);
  expect(gridFor(100_000, 350).perCell).toBeGreaterThan(1);
});
