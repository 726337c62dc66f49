import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/monitor/rules/all.js';
import { growingLag, lag, silentCapture } from '../../src/monitor/rules/capture.js';
import { cpu, disk, memory } from '../../src/monitor/rules/machine.js';
import { slowQuery } from '../../src/monitor/rules/queries.js';
import type { Rule } from '../../src/monitor/rules/rule.js';
import { differentPhase, failedRun, goneRun, rejectedRows, stalledRun } from '../../src/monitor/rules/run.js';
import {
  heldSlot,
  longTransaction,
  replicaLag,
  usedConnections,
  waitingLock,
} from '../../src/monitor/rules/server.js';
import { ALERT_CODES, type Sample, type Severity } from '../../src/reports/monitor.js';
import { client, judge, phase, progress, running, sample } from './samples.js';

const open = phase().run as NonNullable<ReturnType<typeof phase>['run']>;
const ended = (how: 'finished' | 'stopped' | 'failed') =>
  progress([phase({ run: { ...open, finishedAt: 'now', outcome: 'it', ended: how } })], null);
const idle = (seconds: number, more: Parameters<typeof running>[0] = {}) =>
  progress([phase({ idleSeconds: seconds, run: { ...open, startedSecondsAgo: 9999 } })], running(more));
const transaction = (minutes: number) =>
  sample({ transactions: { longest: client({ transactionSeconds: minutes * 60 }), prepared: 0 } });
const waiting = (seconds: number | null) =>
  sample({
    locks: [
      { waiter: client(), seconds, mode: 'AccessExclusiveLock', object: 'public.t', heldBy: [client()] },
    ],
  });
const query = (ms: number, baselineMs: number | null) => sample({ queries: [{ name: 'q', ms, baselineMs }] });
const silent = (tables: readonly string[]) =>
  sample({ capture: { followed: true, backlog: 0, lagSeconds: null, silent: tables } });
const slot = (megabytes: number | null, walStatus = 'reserved') =>
  sample({
    wal: {
      position: 0,
      directoryBytes: null,
      slots: [
        {
          name: 's',
          active: false,
          retainedBytes: megabytes === null ? null : megabytes * 1_000_000,
          walStatus,
        },
      ],
    },
  });
const replica = (lagSeconds: number | null, lagBytes: number | null = 1) =>
  sample({ replicas: [{ name: 'r', lagSeconds, lagBytes }] });
const machine = (share: number) => sample({ machine: { cpu: share, memory: share, cores: 2 } });
const used = (share: number) =>
  sample({ disk: { databaseBytes: 1, volume: { totalBytes: 1000, freeBytes: 1000 * (1 - share) } } });
const lagging = (seconds: number | null) =>
  sample({ capture: { followed: false, backlog: 1, lagSeconds: seconds, silent: [] } });

type Case = readonly [
  name: string,
  rule: Rule,
  of: Sample,
  standing: Severity | null,
  found: string[] | null,
];

const CASES: readonly Case[] = [
  ['a run that failed', failedRun, ended('failed'), null, ['run-failed opportunities critical']],
  ['a run that was stopped', failedRun, ended('stopped'), null, []],
  ['a run that finished', failedRun, ended('finished'), null, []],
  ['a run at work', goneRun, progress([phase()]), null, []],
  [
    'a run without an end, and nobody at work',
    goneRun,
    progress([phase()], null),
    null,
    ['run-gone opportunities critical'],
  ],
  ['the same, seen from a standby', goneRun, { ...progress([phase()], null), standby: true }, null, null],
  ['no batch for 4 minutes', stalledRun, idle(240), null, []],
  ['no batch for 6 minutes', stalledRun, idle(360), null, ['stalled opportunities critical']],
  [
    'no batch for 6 minutes, paused',
    stalledRun,
    idle(360, { paused: { by: '', since: '', halted: true } }),
    null,
    [],
  ],
  ['no batch for 6 minutes, at 2 rows a second', stalledRun, idle(360, { maxRate: 2 }), null, []],
  [
    'no batch for an hour, at 2 rows a second',
    stalledRun,
    idle(3600, { maxRate: 2 }),
    null,
    ['stalled opportunities critical'],
  ],
  ['no batch, during a rollback', stalledRun, idle(3600, { command: 'rollback' }), null, []],
  [
    'differences',
    differentPhase,
    progress([phase({ state: 'different' })]),
    null,
    ['different opportunities critical'],
  ],
  ['no differences', differentPhase, progress([phase({ state: 'verified' })]), null, []],
  [
    'a row put aside',
    rejectedRows,
    progress([phase({ rejected: 1 })]),
    null,
    ['rejects opportunities warning'],
  ],
  ['nothing captured', lag, sample(), null, []],
  ['captured as it should be', silentCapture, lagging(0), null, []],
  [
    'a table that reports no more',
    silentCapture,
    silent(['public.t']),
    null,
    ['capture-silent public.t critical'],
  ],
  ['a short lag', lag, lagging(299), null, []],
  ['a lag', lag, lagging(301), null, ['lag warning']],
  ['a long lag', lag, lagging(1201), null, ['lag critical']],
  ['29 minutes open', longTransaction, transaction(29), null, []],
  ['31 minutes open', longTransaction, transaction(31), null, ['long-transaction warning']],
  ['61 minutes open', longTransaction, transaction(61), null, ['long-transaction critical']],
  ['a short wait', waitingLock, waiting(29), null, []],
  ['a long wait', waitingLock, waiting(31), null, ['lock-wait warning']],
  ['a wait that has just begun', waitingLock, waiting(null), null, []],
  ['a query while its baseline is learnt', slowQuery, query(100, null), null, []],
  ['24 % slower', slowQuery, query(124, 100), null, []],
  ['26 % slower', slowQuery, query(126, 100), null, ['slow-query q warning']],
  ['51 % slower', slowQuery, query(151, 100), null, ['slow-query q critical']],
  ['twice as slow, by a blink', slowQuery, query(2, 1), null, []],
  ['half of the connections', usedConnections, sample({ connections: { used: 50, max: 100 } }), null, []],
  [
    'more than half',
    usedConnections,
    sample({ connections: { used: 51, max: 100 } }),
    null,
    ['connections warning'],
  ],
  [
    'more than half, a little less',
    usedConnections,
    sample({ connections: { used: 49, max: 100 } }),
    'warning',
    ['connections warning'],
  ],
  [
    'more than half, well below',
    usedConnections,
    sample({ connections: { used: 47, max: 100 } }),
    'warning',
    [],
  ],
  [
    'nearly all',
    usedConnections,
    sample({ connections: { used: 91, max: 100 } }),
    'warning',
    ['connections critical'],
  ],
  [
    'nearly all, a little less',
    usedConnections,
    sample({ connections: { used: 88, max: 100 } }),
    'critical',
    ['connections critical'],
  ],
  [
    'nearly all, no more',
    usedConnections,
    sample({ connections: { used: 80, max: 100 } }),
    'critical',
    ['connections warning'],
  ],
  ['busy', cpu, machine(0.81), null, ['cpu warning']],
  ['less busy', cpu, machine(0.79), null, []],
  ['less busy, but it was', cpu, machine(0.79), 'warning', ['cpu warning']],
  ['full memory', memory, machine(0.96), null, ['memory critical']],
  ['full disk', disk, used(0.86), null, ['disk warning']],
  ['very full disk', disk, used(0.96), null, ['disk critical']],
  ['room on the disk', disk, used(0.84), null, []],
  ['a slot', heldSlot, slot(1000), null, []],
  ['a slot that keeps much', heldSlot, slot(1025), null, ['slot s warning']],
  ['a slot that is lost', heldSlot, slot(null, 'lost'), null, ['slot s critical']],
  ['a replica', replicaLag, replica(59), null, []],
  ['a replica behind', replicaLag, replica(61), null, ['replica-lag r warning']],
  // What is unknown neither fires nor clears.
  ['unknown progress', failedRun, sample({ progress: null }), 'critical', null],
  ['unknown transactions', longTransaction, sample({ transactions: null }), 'critical', null],
  ['unknown locks', waitingLock, sample({ locks: null }), 'critical', null],
  ['unknown connections', usedConnections, sample({ connections: null }), 'critical', null],
  ['unknown disk', disk, sample({ disk: { databaseBytes: 1, volume: null } }), 'critical', null],
  ['unknown log', heldSlot, sample({ wal: null }), 'critical', null],
  ['unknown lag of a replica', replicaLag, replica(null, null), 'critical', null],
  ['unknown machine', cpu, sample({ machine: null }), 'critical', null],
  ['unknown capture', lag, sample({ unknown: [{ figure: 'capture', why: '', next: '' }] }), 'critical', null],
];

test.each(CASES)('%s', (_, rule, of, standing, found) => {
  expect(judge(rule, of, { standing })).toEqual(found);
});

describe('a lag that grows', () => {
  const grown = (lags: readonly (number | null)[], standing: Severity | null = null) =>
    judge(growingLag, lagging(lags.at(-1) ?? null), {
      standing,
      earlier: lags.slice(0, -1).map(lagging),
      thresholds: { lagGrowingChecks: 3 },
    });

  test('at each of so many checks, and no fewer', () => {
    expect(grown([1, 2, 3, 4])).toEqual(['lag-growing warning']);
    expect(grown([2, 3, 4])).toEqual([]);
    expect(grown([1, 3, 2, 4])).toEqual([]);
    expect(grown([0, 0, 0, 0])).toEqual([]);
  });

  test('stands until it shrinks', () => {
    expect(grown([1, 2, 3, 4, 4], 'warning')).toEqual(['lag-growing warning']);
    expect(grown([1, 2, 3, 4, 3], 'warning')).toEqual([]);
    expect(grown([1, 2, 3, 4, null], 'warning')).toEqual([]);
  });
});

test('every alert but the unreachable database has one rule', () => {
  const codes = RULES.flatMap((rule) => rule.codes);
  expect([...codes, 'unreachable'].sort()).toEqual([...ALERT_CODES].sort());
});
