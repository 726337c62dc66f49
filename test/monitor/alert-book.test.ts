import { expect, test } from 'vitest';
import { AlertBook } from '../../src/monitor/alert-book.js';
import { usedConnections } from '../../src/monitor/rules/server.js';
import { DEFAULT_THRESHOLDS } from '../../src/monitor/thresholds.js';
import type { Finding, Severity } from '../../src/reports/monitor.js';
import { nameOf, sample } from './samples.js';

function finding(severity: Severity = 'warning', subject: string | null = null, reason = 'so'): Finding {
  return { code: 'cpu', subject, severity, reason, next: 'do' };
}

/** Takes the findings of one check after the other, and gives what changed at each. */
function story(checks: readonly (readonly Finding[])[], patience = 1, book = new AlertBook()): string[][] {
  return checks.map((found, index) =>
    book
      .take(['cpu'], found, `t${index}`, patience)
      .map(({ change, alert }) => `${change} ${nameOf(alert)} since ${alert.since}`),
  );
}

test.each<[string, Finding[][], number, string[][]]>([
  ['fires once', [[finding()], [finding()], [finding()]], 1, [['fired cpu warning since t0'], [], []]],
  [
    'tells a change of severity, both ways',
    [[finding()], [finding('critical')], [finding()]],
    1,
    [['fired cpu warning since t0'], ['changed cpu critical since t0'], ['changed cpu warning since t0']],
  ],
  [
    'is silent about other words',
    [[finding()], [finding('warning', null, 'more')]],
    1,
    [['fired cpu warning since t0'], []],
  ],
  [
    'is cleared once, and fires anew',
    [[finding()], [], [], [finding()]],
    1,
    [['fired cpu warning since t0'], ['cleared cpu warning since t0'], [], ['fired cpu warning since t3']],
  ],
  [
    'tells subjects apart',
    [[finding('warning', 'a')], [finding('warning', 'b')]],
    1,
    [['fired cpu a warning since t0'], ['cleared cpu a warning since t0', 'fired cpu b warning since t1']],
  ],
  [
    'waits for its patience',
    [[finding()], [finding()], [finding()]],
    3,
    [[], [], ['fired cpu warning since t0']],
  ],
  [
    'begins anew after a check without it',
    [[finding()], [], [finding()], [finding()]],
    2,
    [[], [], [], ['fired cpu warning since t2']],
  ],
])('an alert %s', (_, checks, patience, told) => {
  expect(story(checks, patience)).toEqual(told);
});

test('codes of other rules stay as they are', () => {
  const book = new AlertBook();
  book.take(['cpu'], [finding()], 't0');
  expect(book.take(['disk'], [], 't1')).toEqual([]);
  expect(book.open.map(nameOf)).toEqual(['cpu warning']);
});

test('what one book held, the next one goes on with', () => {
  const book = new AlertBook();
  book.take(['cpu'], [finding()], 't0');
  const next = new AlertBook(JSON.parse(JSON.stringify(book.entries)));
  expect(story([[finding()], []], 1, next)).toEqual([[], ['cleared cpu warning since t0']]);
});

test('what is unknown leaves an alert standing, and its threshold is lower while it stands', () => {
  const book = new AlertBook();
  const rates = { phases: [], walBytesPerSecond: null, cacheHitRatio: null, backlogPerSecond: null };
  const judged = (used: number | null) =>
    book
      .judge(
        [usedConnections],
        { sample: sample({ connections: used === null ? null : { used, max: 100 } }), rates, earlier: [] },
        DEFAULT_THRESHOLDS,
      )
      .map(({ change }) => change);
  expect([51, 49, null, 51, 49, 40, 49].map(judged)).toEqual([['fired'], [], [], [], [], ['cleared'], []]);
});
