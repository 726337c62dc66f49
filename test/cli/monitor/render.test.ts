import { describe, expect, test } from 'vitest';
import { changeLines } from '../../../src/cli/render/monitor/alerts.js';
import { monitorLine, renderMonitor } from '../../../src/cli/render/monitor/report.js';
import { sparkline } from '../../../src/cli/render/sparkline.js';
import { displayWidth } from '../../../src/cli/render/text.js';
import { PLAIN } from '../../../src/cli/style.js';
import { ratesOf } from '../../../src/monitor/rates.js';
import type { Alert, MonitorReport, Sample } from '../../../src/reports/monitor.js';
import { client, phase, progress, sample } from '../../monitor/samples.js';

const ALERT: Alert = {
  code: 'lock-wait',
  subject: null,
  severity: 'critical',
  reason:
    'backend 1 (app\u202e, evil\x1b[2J) waits for a lock, and has waited for long enough that somebody should look.',
  next: 'Ask its owner to end it.',
  since: '2025-03-01T11:59:00.000Z',
};

function report(of: Sample, alerts: readonly Alert[] = []): MonitorReport {
  return { at: of.at, sample: of, rates: ratesOf(of, null), error: null, alerts, changes: [] };
}

const busy: Sample = {
  ...progress([phase()]),
  locks: [
    {
      waiter: client(),
      seconds: 3,
      mode: 'AccessShareLock',
      object: 'public.t\n',
      heldBy: [client({ pid: 5 })],
    },
  ],
  transactions: { longest: client({ transactionSeconds: 90 }), prepared: 1 },
  capture: { followed: false, backlog: 1234, lagSeconds: 5, silent: [] },
  queries: [{ name: 'first rows', ms: 3, baselineMs: 2 }],
  replicas: [{ name: 'r1', lagSeconds: null, lagBytes: null }],
  disk: { databaseBytes: 1024, volume: null },
  unknown: [{ figure: 'wal', why: 'the user may not list it', next: 'Grant the user the role pg_monitor.' }],
};
const lost: MonitorReport = {
  at: busy.at,
  sample: null,
  rates: null,
  error: { code: 'connection-lost', message: 'The connection was lost.', state: '', next: '', retry: true },
  alerts: [],
  changes: [],
};
const flat = (lines: readonly string[]) => lines.join('\n').replace(/\s+/g, ' ');

test('one check shows progress with its rate and its end, the server, alerts and what is unknown', () => {
  const told = flat(renderMonitor(report(busy, [ALERT]), PLAIN));
  expect(told).toContain('5,000/10,000 rows 500 rows/s ETA 10 s');
  expect(told).toContain('captured 1,234 changes wait, the oldest for 5.0 s');
  expect(told).toContain(
    '1 session waits: 4711 (app, web, active) for 3.0 s, for AccessShareLock on public.t\\n, held by 5',
  );
  expect(told).toContain('longest 1 min 30 s: 4711 (app, web, active); 1 prepared');
  expect(told).toContain('replicas r1 unknown');
  expect(told).toContain('database 1.0 KiB, file system unknown');
  expect(told).toMatch(/first rows 3\.0 2\.0 \+50%/);
  expect(told).toContain('✖ critical lock-wait: backend 1');
  expect(told).toContain('? wal: the user may not list it. Grant the user the role pg_monitor.');
});

test('what is null is called unknown, and never shown as a number', () => {
  const dark = sample({
    progress: null,
    locks: null,
    transactions: null,
    connections: null,
    cache: null,
    tables: null,
    wal: null,
    replicas: null,
    disk: null,
    machine: null,
    queries: null,
  });
  const told = renderMonitor(report(dark), PLAIN).join('\n');
  expect(told.match(/ unknown$/gm)).toHaveLength(9);
  expect(told).toContain('How far the phases are is unknown.');
  expect(flat(renderMonitor(lost, PLAIN))).toContain('✖ The connection was lost.');
});

test('one line for a log', () => {
  expect(monitorLine(report(busy, [ALERT]))).toBe(
    '12:00:00 opportunities loading 5/10 500 rows/s 10.0 s left; backlog 1,234, lag 5.0 s; connections 5/100; alerts: lock-wait',
  );
  expect(monitorLine(lost)).toBe('12:00:00 unreachable: The connection was lost.');
});

describe.each([80, 120])('at %i columns', (width) => {
  test.each<[string, readonly string[]]>([
    ['a check', renderMonitor(report(busy, [ALERT]), { ...PLAIN, width })],
    ['a lost connection', renderMonitor(lost, { ...PLAIN, width })],
    ['a change', changeLines({ change: 'fired', at: busy.at, alert: ALERT }, { ...PLAIN, width })],
  ])('%s fits, and nothing in it moves the cursor', (_, lines) => {
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(lines.filter((line) => /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(line))).toEqual([]);
  });
});

test('a sparkline is as high as its highest figure', () => {
  expect(sparkline([0, 50, 100, -5])).toBe('▁▅█▁');
  expect(sparkline([0, 0])).toBe('▁▁');
});
