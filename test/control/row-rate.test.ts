import { expect, test } from 'vitest';
import { RowRate } from '../../src/control/row-rate.js';

function clocked(perSecond: number | null) {
  const clock = { ms: 0 };
  return { clock, rate: new RowRate(perSecond, () => clock.ms) };
}

test('a batch of many seconds is waited for as many seconds', () => {
  const { clock, rate } = clocked(100);
  expect(rate.waitMs).toBe(0);
  rate.charge(1000);
  expect(rate.waitMs).toBe(10_000);
  clock.ms = 4000;
  expect(rate.waitMs).toBe(6000);
  rate.charge(50);
  expect(rate.waitMs).toBe(6500);
  clock.ms = 20_000;
  expect(rate.waitMs).toBe(0);
});

test('idle time is not made up for in a burst', () => {
  const { clock, rate } = clocked(100);
  clock.ms = 60_000;
  rate.charge(100);
  expect(rate.waitMs).toBe(1000);
});

test('what is owed is owed at the new rate; without a rate nothing is', () => {
  const { clock, rate } = clocked(100);
  rate.charge(1000);
  clock.ms = 5000;
  rate.perSecond = 10;
  expect(rate.waitMs).toBe(50_000);
  rate.perSecond = null;
  expect(rate.waitMs).toBe(0);
  rate.charge(1_000_000);
  rate.perSecond = 10;
  expect(rate.waitMs).toBe(0);
});

test.each([7, 1000, 12_345])('over many batches it is kept, with %i rows a second', (perSecond) => {
  const { clock, rate } = clocked(perSecond);
  let rows = 0;
  for (let batch = 0; batch < 200; batch += 1) {
    clock.ms += rate.waitMs;
    expect(rows / (clock.ms / 1000 || 1)).toBeLessThanOrEqual(perSecond * 1.000_001);
    clock.ms += batch % 7; // the work itself
    rate.charge(300 + batch);
    rows += 300 + batch;
  }
});
