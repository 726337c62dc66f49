import { expect, test } from 'vitest';
import { Baselines, LEARNING_CHECKS } from '../../src/monitor/baselines.js';
import { ratesOf } from '../../src/monitor/rates.js';
import { phase, progress, running, sample } from './samples.js';

const later = { at: '2025-03-01T12:00:10.000Z' };

test('the rate is that of the newest batches, and the time left follows from it', () => {
  const [rates] = ratesOf(progress([phase()]), null).phases;
  expect(rates).toEqual({ phase: 'opportunities', rowsPerSecond: 500, rowsLeft: 5000, secondsLeft: 10 });
});

test('where nobody loads, or the run is paused, there is no rate and no end', () => {
  const none = { rowsPerSecond: null, rowsLeft: 5000, secondsLeft: null };
  const paused = running({ paused: { by: '', since: '', halted: true } });
  for (const atWork of [null, paused]) {
    expect(ratesOf(progress([phase()], atWork), null).phases[0]).toMatchObject(none);
  }
});

test.each([
  ['a phase that is done', phase({ batches: { total: 5, done: 5, reopened: 0, size: 1000 } }), [null, 0, 0]],
  [
    'a phase of which nothing is loaded',
    phase({ batches: { total: 5, done: 0, reopened: 0, size: 1000 }, rowsIn: 0, recent: null }),
    [null, 5000, null],
  ],
  [
    'batches that are to be loaded again, which count with their rows',
    phase({ batches: { total: 10, done: 5, reopened: 5, size: 900 }, rowsIn: 10_000 }),
    [500, 5000, 10],
  ],
] as const)('%s', (_, of, [rowsPerSecond, rowsLeft, secondsLeft]) => {
  expect(ratesOf(progress([of]), null).phases[0]).toMatchObject({ rowsPerSecond, rowsLeft, secondsLeft });
});

test('rates between two samples', () => {
  const before = sample({ capture: { followed: false, backlog: 10, lagSeconds: 1, silent: [] } });
  const after = sample({
    ...later,
    capture: { followed: false, backlog: 60, lagSeconds: 1, silent: [] },
    cache: { hits: 1040, reads: 60 },
    wal: { position: 3_000_000, directoryBytes: null, slots: [] },
  });
  expect(ratesOf(after, before)).toMatchObject({
    walBytesPerSecond: 200_000,
    backlogPerSecond: 5,
    cacheHitRatio: 0.5,
  });
  expect(ratesOf(before, null)).toMatchObject({
    walBytesPerSecond: null,
    backlogPerSecond: null,
    cacheHitRatio: 0.99,
  });
});

test('what is unknown has no rate, and statistics that were reset begin anew', () => {
  const unknown = sample({ ...later, wal: null, cache: null });
  expect(ratesOf(unknown, sample())).toMatchObject({ walBytesPerSecond: null, cacheHitRatio: null });
  expect(ratesOf(sample({ ...later, cache: { hits: 1, reads: 1 } }), sample()).cacheHitRatio).toBe(0.5);
  expect(ratesOf(sample({ ...later, cache: { hits: 990, reads: 10 } }), sample()).cacheHitRatio).toBe(null);
});

test('a baseline is the median of the first checks, or what the config says', () => {
  const baselines = new Baselines();
  const queries = [
    { name: 'a', sql: '' },
    { name: 'b', sql: '', baselineMs: 7 },
  ];
  const timed = (ms: number, from = baselines) =>
    from
      .timed(
        new Map([
          ['a', ms],
          ['b', ms],
        ]),
        queries,
      )
      .map((one) => one.baselineMs);
  const first = [50, 10, 20, 30, 40].map((ms) => timed(ms));
  expect(first).toHaveLength(LEARNING_CHECKS);
  expect(first).toEqual(first.map(() => [null, 7]));
  expect(timed(1000)).toEqual([30, 7]);
  expect(timed(1000)).toEqual([30, 7]);
  expect(timed(1, new Baselines(baselines.learnt))).toEqual([30, 7]);
});
