import { expect, test } from 'vitest';
import { percentile } from '../../src/benchmark/percentile.js';
import { targetsOf } from '../../src/benchmark/targets.js';
import { renderBench } from '../../src/cli/render/bench.js';
import { PLAIN } from '../../src/cli/style.js';
import { GOALS } from '../../src/redditharbor/questions/goals.js';
import { benchReport, measured } from '../report/samples.js';

test('a goal is measured by the question that gains least, and by nothing where nothing was measured', () => {
  const queries = [
    measured('quick', 1000, 10),
    measured('slow', 100, 50),
    measured('view', 1, 2, { group: 'legacy-views' }),
  ];
  const found = new Map(targetsOf(GOALS, queries, null).map((target) => [target.name, target]));
  expect(found.get('discovery')).toMatchObject({ measured: '50.0 % less', met: false });
  expect(found.get('legacy views')).toMatchObject({ measured: '2.00 times', met: false });
  // 1,100 ms against 60 ms, without the view.
  expect(found.get('processor time')).toMatchObject({ measured: '94.5 % less', met: true });
  for (const name of ['reporting', 'complex join', 'storage'])
    expect(found.get(name)).toMatchObject({ measured: null, met: null });
});

test('percentiles are values that were measured', () => {
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(percentile([5, 1, 4, 2, 3], 0.95)).toBe(5);
  expect(percentile([7], 0.5)).toBe(7);
});

test('the drawn result names what differs, and shows both times of the rest', () => {
  const different = measured('wrong', 1, 1, {
    status: 'different',
    reason: '3 rows and 2',
    legacyMs: null,
    unifiedMs: null,
    speedup: null,
    legacy: null,
    unified: null,
  });
  const drawn = renderBench(
    benchReport({ equal: false, queries: [measured('top-20-combined', 800, 16), different] }),
    PLAIN,
  ).join('\n');
  expect(drawn).toMatch(/top-20-combined +800 ms +16 ms +50x/);
  expect(drawn).toContain('wrong: the answers differ. 3 rows and 2');
  expect(drawn).toContain('Not every answer is equal');
});
