import type { BenchQuery, BenchReport, TableSize, Timing } from '../../src/reports/bench.js';
import type { BatchStory, MigrationReport, PhaseStory } from '../../src/reports/report.js';

/** Reports made by hand. Every text of `hostile` tries to get out of where it is put. */

export const HOSTILE = `<script>alert(1)</script>"'&<img src=x onerror=alert(2)>\u0000\u001b[31m\u202eevil`;

const BEGIN = Date.UTC(2026, 2, 1, 12);

export function batch(number: number, more: Partial<BatchStory> = {}): BatchStory {
  const startedAt = BEGIN + 1000 * number;
  return {
    number,
    status: 'done',
    rowsIn: 5_000,
    rowsOut: 2_000,
    folded: 40,
    rejected: 0,
    attempts: 1,
    startedAt,
    finishedAt: startedAt + 1800,
    ...more,
  };
}

export function story(more: Partial<PhaseStory> = {}): PhaseStory {
  const side = { rows: 18_000, hash: '123456789012345678901:-98765432109876543210' };
  return {
    phase: 'opportunities',
    state: 'verified',
    batchSize: 5_000,
    tables: { unified: 'opportunities_unified', folded: 'opportunity_duplicates' },
    accounting: [
      { table: 'opportunities', source: 18_000, primary: 17_600, folded: 398, rejected: 2, balanced: true },
      {
        table: 'app_opportunities',
        source: 12_000,
        primary: 11_900,
        folded: 100,
        rejected: 0,
        balanced: true,
      },
    ],
    rejects: [{ source: 'opportunities', reason: 'a title of 2 GB', rows: 2 }],
    batches: [1, 2, 3, 4, 5, 6].map((number) => batch(number)),
    runs: [{ startedAt: BEGIN, finishedAt: BEGIN + 9_000, outcome: 'verified', by: 'ann@host' }],
    verification: {
      at: BEGIN + 9_000,
      equal: true,
      strict: true,
      tables: [{ table: 'opportunities', equal: true, legacy: side, unified: side }],
    },
    storage: { legacyBytes: 40 << 20, unifiedBytes: 30 << 20 },
    ...more,
  };
}

function timing(p50: number, sql: string): Timing {
  return {
    runs: 9,
    p50,
    p95: p50 * 2,
    cold: null,
    cpu: p50 * 0.9,
    buffers: { hit: 900, read: 10, temporary: 0 },
    plan: { nodes: 9, joins: 3 },
    sql,
  };
}

export function measured(
  name: string,
  legacyMs: number,
  unifiedMs: number,
  more: Partial<BenchQuery> = {},
): BenchQuery {
  return {
    group: 'discovery',
    name,
    asks: `What is asked of ${name}`,
    status: 'measured',
    reason: null,
    rows: 20,
    legacyMs,
    unifiedMs,
    speedup: legacyMs / unifiedMs,
    legacy: timing(legacyMs, `select 1\nfrom ${name}`),
    unified: timing(unifiedMs, 'select 2'),
    ...more,
  };
}

function size(table: string, megabytes: number): TableSize {
  const heap = megabytes << 20;
  return { table, heap, toast: heap / 4, indexes: heap / 2, total: 1.75 * heap };
}

export function benchReport(more: Partial<BenchReport> = {}): BenchReport {
  const result = { seconds: 6, queries: 60, perSecond: 10, p50: 80, p95: 120, p99: 150 };
  return {
    database: 'reddit',
    schema: 'public',
    server: '18.4',
    at: '2026-03-01T13:00:00.000Z',
    legacyRows: 120_000,
    shapes: { opportunities: 'B' },
    settings: { work_mem: '64MB' },
    equal: true,
    queries: [
      measured('top-20-combined', 800, 12),
      measured('opportunity-by-id', 0.3, 0.5, { group: 'legacy-views' }),
    ],
    storage: {
      legacy: size('all', 40),
      unified: size('all', 30),
      savedPercent: 25,
      legacyTables: [size('"public"."opportunities"', 40)],
      unifiedTables: [size('"public"."opportunities_unified"', 30)],
    },
    load: {
      readers: 4,
      questions: ['top-20-combined'],
      legacy: result,
      unified: { ...result, perSecond: 400 },
    },
    targets: [{ name: 'discovery', goal: 'at least 60 % less time', measured: '98.5 % less', met: true }],
    notMeasured: ['cold runs: no extension'],
    seconds: 60,
    ...more,
  };
}

export function migration(more: Partial<MigrationReport> = {}): MigrationReport {
  return {
    database: 'reddit',
    schema: 'public',
    server: '18.4',
    at: BEGIN + 20_000,
    versions: { Drydock: '0.1.0' },
    settings: { fsync: 'on' },
    phases: [story()],
    events: [
      { at: '2026-03-01 12:00:00+00', kind: 'started', phase: 'opportunities', by: 'ann@host', detail: null },
    ],
    warnings: [],
    bench: benchReport(),
    ...more,
  };
}

/** A report in which everything that can hold a text from outside holds the hostile one. */
export function hostile(): MigrationReport {
  const side = { rows: 1, hash: HOSTILE };
  return migration({
    database: HOSTILE,
    schema: HOSTILE,
    settings: { [HOSTILE]: HOSTILE },
    warnings: [HOSTILE],
    events: [{ at: HOSTILE, kind: 'failed', phase: null, by: HOSTILE, detail: HOSTILE }],
    phases: [
      story({
        tables: { unified: HOSTILE, folded: HOSTILE },
        accounting: [{ table: HOSTILE, source: 3, primary: 2, folded: 1, rejected: 0, balanced: true }],
        rejects: [{ source: HOSTILE, reason: HOSTILE, rows: 1 }],
        runs: [{ startedAt: BEGIN, finishedAt: null, outcome: HOSTILE, by: HOSTILE }],
        verification: {
          at: BEGIN,
          equal: true,
          strict: false,
          tables: [{ table: HOSTILE, equal: true, legacy: side, unified: side }],
        },
      }),
    ],
    bench: benchReport({
      queries: [
        measured(HOSTILE, 10, 1),
        measured('other', 10, 1, {
          status: 'different',
          reason: HOSTILE,
          legacyMs: null,
          legacy: null,
          unified: null,
        }),
      ],
      notMeasured: [HOSTILE],
    }),
  });
}
