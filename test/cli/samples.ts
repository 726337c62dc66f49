import type { Accounting } from '../../src/reports/accounting.js';
import type { BackupReport } from '../../src/reports/backup.js';
import type { OrderReport } from '../../src/reports/orders.js';
import type { PlanReport } from '../../src/reports/plan.js';
import type { RestoreReport } from '../../src/reports/restore.js';
import type { RollbackReport } from '../../src/reports/rollback.js';
import type { RunReport } from '../../src/reports/run.js';
import type { StatusReport } from '../../src/reports/status.js';
import type { PhaseVerification, TableVerification, VerifyReport } from '../../src/reports/verify.js';

/** Small reports made by hand, each member with a value that can be found in the output. */

const where = { database: 'reddit', schema: 'public' } as const;
const hash = '8123456789012345678901:-77123456789012345';

export function accounting(table: string, source: number, folded: number, rejected = 0): Accounting {
  return { table, source, primary: source - folded - rejected, folded, rejected, balanced: true };
}

export function equalTable(table: string, rows: number): TableVerification {
  const side = { rows, hash };
  return {
    table,
    view: `${table}_legacy`,
    equal: true,
    legacy: side,
    unified: side,
    keysLeftOut: false,
    differingBatches: [],
    differences: [],
    more: false,
  };
}

export const equalVerification: PhaseVerification = {
  phase: 'opportunities',
  equal: true,
  tables: [
    equalTable('opportunities', 18_000),
    equalTable('app_opportunities', 15_400),
    equalTable('workflow_results', 9_100),
  ],
  invariants: [
    { name: 'accounting', ok: true, detail: '' },
    { name: 'foreign keys', ok: true, detail: '' },
  ],
  accounting: [accounting('opportunities', 18_000, 120), accounting('app_opportunities', 15_400, 300, 2)],
  pendingKeys: 0,
  seconds: 0.8,
};

export const differentVerification: PhaseVerification = {
  ...equalVerification,
  equal: false,
  tables: [
    equalTable('opportunities', 18_000),
    {
      ...equalTable('app_opportunities', 15_400),
      equal: false,
      unified: { rows: 15_399, hash: '8123456789012345670000:-77123456789010000' },
      differingBatches: [1, 4, 5, 6, 9],
      more: true,
      differences: [
        {
          table: 'app_opportunities',
          batch: 4,
          key: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
          row: 'id=1b4e28ba-2fa1-11d2-883f-0016d3cca427',
          kind: 'changed',
          columns: [
            { column: 'title', legacy: 'Budget app', unified: 'budget app' },
            { column: 'notes', legacy: null, unified: 'NULL' },
            { column: 'app_concept', legacy: '', unified: null },
            {
              column: 'problem_description',
              legacy: `${'long text '.repeat(300)}ends well`,
              unified: `${'long text '.repeat(300)}ends\x1b[31m badly\n`,
            },
            { column: 'value_proposition', legacy: 'cafe\u0301', unified: 'caf\u00e9' },
          ],
        },
        {
          table: 'app_opportunities',
          batch: 9,
          key: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
          row: 'id=6ba7b812-9dad-11d1-80b4-00c04fd430c8',
          kind: 'missing',
          columns: [],
        },
      ],
    },
  ],
  invariants: [
    { name: 'accounting', ok: true, detail: '' },
    {
      name: 'generated totals',
      ok: false,
      detail: '3 rows of opportunity_assessments have another total_score',
    },
  ],
};

export const planReport: PlanReport = {
  ...where,
  server: '15.8',
  appSchema: 'public_staging',
  tables: [
    { table: 'submissions', schema: 'public', shape: 'B', rows: 20_000, bytes: 31_457_280, extraColumns: [] },
    {
      table: 'opportunities',
      schema: 'public',
      shape: 'B',
      rows: 18_000,
      bytes: 9_437_184,
      extraColumns: ['cost_usd', 'load\u202eid'],
    },
    {
      table: 'app_opportunities',
      schema: 'public_staging',
      shape: 'dlt',
      rows: 15_400,
      bytes: 1_610_612_736,
      extraColumns: [],
    },
    { table: 'workflow_results', schema: 'public', shape: 'missing', rows: 0, bytes: 0, extraColumns: [] },
  ],
  phases: [
    {
      phase: 'opportunities',
      state: 'new',
      sources: [
        { table: 'opportunities', rows: 18_000, keys: 17_880, duplicates: 120, orphans: 31 },
        { table: 'app_opportunities', rows: 15_400, keys: 15_100, duplicates: 300, orphans: 22 },
      ],
      meetings: [
        { tables: ['opportunities'], keys: 5_000 },
        { tables: ['opportunities', 'app_opportunities', 'workflow_results'], keys: 8_000 },
      ],
      matches: {
        ladders: [
          {
            table: 'opportunities',
            steps: [
              {
                step: 'same reddit id',
                rows: 17_900,
                without: { null: 0, blank: 3, excepted: 0, dangling: 1 },
              },
              { step: 'itself', rows: 100, without: { null: 0, blank: 3, excepted: 0, dangling: 1 } },
            ],
          },
        ],
        groups: [
          { from: 1, to: 1, keys: 5_000 },
          { from: 4, to: 5, keys: 8_000 },
          { from: 1_001, to: null, keys: 1 },
        ],
        parted: 2,
        largest: [
          {
            key: '0f8fad5b-d9cb-469f-a165-70867728950e',
            rows: 1_200,
            examples: ['opportunities a\u202eb'],
            shown: [{ table: 'opportunities', row: 'a\u202eb', step: 'same reddit id', value: 'x\u202ey' }],
          },
        ],
        sampled: { oneIn: 4 },
        examples: [
          {
            key: '0f8fad5b-d9cb-469f-a165-70867728950e',
            rows: 5,
            shown: [
              { table: 'opportunities', row: 'a\u202eb', step: 'same reddit id', value: 'x\u202ey' },
              { table: 'app_opportunities', row: '7', step: 'itself', value: null },
            ],
          },
        ],
        compared: { keys: 8_001, oneIn: 8 },
        folding: [
          {
            key: 'email',
            values: 14,
            joined: 1,
            examples: [['M\u00dcLLER@x.example', 'm\u00fcller@x\u202e.example']],
          },
        ],
        disagreements: [
          {
            column: 'title',
            things: 4_000,
            differ: 12,
            spelling: 3,
            examples: [
              {
                key: '0f8fad5b-d9cb-469f-a165-70867728950e',
                values: { opportunities: 'a\u202eb', app_opportunities: 'c' },
              },
            ],
          },
        ],
      },
      referrers: [],
      residue: {
        oneIn: 8,
        columns: [
          {
            table: 'opportunities',
            column: 'status',
            into: ['status'],
            rows: 1_000,
            residue: 210,
            proposal: null,
          },
          {
            table: 'workflow\u202eresults',
            column: 'title',
            into: ['title'],
            rows: 100,
            residue: 9,
            proposal: '.else(workflow_results.title)',
          },
        ],
      },
      suspiciousScales: [{ table: 'opportunity_scores', column: 'market_demand_score', max: '0.98' }],
      unmapped: [
        { table: 'opportunities', column: 'status', value: 'on hold\n', rows: 1, becomes: 'discovered' },
      ],
      creates: [
        'public.opportunities_unified',
        'public.opportunity_duplicates',
        'public.opportunities_legacy',
        'public.app_opportunities_legacy',
      ],
      capture: {
        tables: ['public.opportunities', 'public.submissions'],
        missing: ['User "app" may not put triggers on public.submissions: that takes its owner.'],
      },
      batches: { count: 4, size: 10_000 },
      estimate: { seconds: 95, bytes: 52_428_800 },
    },
  ],
  warnings: ['submissions holds 3 Reddit ids twice; the oldest row of each is meant.'],
  stops: [],
};

export const stoppedPlan: PlanReport = {
  ...planReport,
  stops: [
    {
      code: 'missing-privilege',
      message: 'The user may not create tables in schema public.',
      next: 'grant create on schema public to app;',
    },
  ],
};

export const runReport: RunReport = {
  ...where,
  outcome: 'done',
  phases: [
    {
      phase: 'opportunities',
      state: 'verified',
      accounting: equalVerification.accounting,
      unifiedTable: 'opportunities_unified',
      unifiedRows: 19_400,
      foldedRows: 420,
      rejectedRows: 2,
      batches: { total: 4, loaded: 3, alreadyDone: 1, size: 10_000 },
      caughtUp: { changes: 120, keys: 96, seconds: 0.4 },
      rowsRead: 42_500,
      rowsWritten: 19_820,
      seconds: { load: 2.24, held: 0, indexes: 0.61, verify: 0.8 },
      rowsPerSecond: 18_973.4,
      storage: { legacyBytes: 73_400_320, unifiedBytes: 41_943_040 },
      verification: equalVerification,
    },
  ],
  warnings: [],
  seconds: 4.2,
  peakRssBytes: 188_743_680,
};

export const verifyReport: VerifyReport = {
  ...where,
  equal: true,
  strict: false,
  phases: [equalVerification],
  seconds: 0.9,
};

export const differentReport: VerifyReport = {
  ...verifyReport,
  equal: false,
  phases: [differentVerification],
};

export const statusReport: StatusReport = {
  ...where,
  standby: false,
  copyOf: null,
  running: {
    command: 'run',
    phases: ['opportunities', 'assessments'],
    by: 'deploy@web1 (process 4711) as app',
    since: '2025-03-01 12:00:00+00',
    paused: { by: 'ops@web2 (process 12) as app', since: '2025-03-01 12:00:05+00', halted: true },
    maxRate: 2000,
  },
  lastEvent: {
    at: '2025-03-01 12:00:05+00',
    kind: 'paused',
    phase: null,
    by: 'ops@web2 (process 12) as app',
    detail: null,
  },
  phases: [
    {
      phase: 'opportunities',
      state: 'loading',
      batches: { total: 4, done: 1, size: 10_000 },
      rowsIn: 10_000,
      rowsOut: 9_400,
      folded: 600,
      rejected: 0,
      lastRun: { startedAt: '2025-03-01 12:00:00+00', finishedAt: null, outcome: null, by: 'drydock 0.1.0' },
      lastVerification: null,
      lastBackup: { at: '2025-03-01 11:00:00+00', directory: '/backup/one', host: 'web1' },
      capture: {
        tables: ['public.opportunities', 'public.submissions'],
        since: '2025-03-01 10:00:00+00',
        silent: [],
        backlog: 1_234,
        lagSeconds: 2.5,
      },
      batchList: [
        {
          number: 1,
          from: null,
          to: '40000000-0000-4000-8000-000000000000',
          status: 'done',
          rowsIn: 10_000,
          rowsOut: 9_400,
          folded: 600,
          rejected: 0,
          attempts: 1,
          finishedAt: '2025-03-01 12:00:02+00',
        },
        {
          number: 2,
          from: '40000000-0000-4000-8000-000000000000',
          to: null,
          status: 'pending',
          rowsIn: 0,
          rowsOut: 0,
          folded: 0,
          rejected: 0,
          attempts: 0,
          finishedAt: null,
        },
      ],
    },
    {
      phase: 'assessments',
      state: 'new',
      batches: { total: 0, done: 0, size: 0 },
      rowsIn: 0,
      rowsOut: 0,
      folded: 0,
      rejected: 0,
      lastRun: null,
      lastVerification: null,
      lastBackup: null,
      capture: null,
      batchList: null,
    },
  ],
};

export const orderReport: OrderReport = {
  ...where,
  order: 'pause',
  changed: true,
  run: {
    command: 'run',
    phases: ['opportunities', 'assessments'],
    by: 'deploy@web1 (process 4711) as app',
    since: '2025-03-01 12:00:00+00',
    paused: { by: 'ops@web2 (process 12) as app', since: '2025-03-01 12:00:05+00', halted: false },
    maxRate: 2000,
  },
};

export const rollbackReport: RollbackReport = {
  ...where,
  dryRun: false,
  phases: [
    {
      phase: 'assessments',
      dropped: ['public.opportunity_scores_legacy', 'public.opportunity_assessments'],
      reverted: null,
      kept: false,
    },
    { phase: 'opportunities', dropped: [], reverted: null, kept: false },
  ],
};

const sha256 = '9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab';

export const backupReport: BackupReport = {
  ...where,
  standby: false,
  phases: ['opportunities'],
  directory: '/backup/one\n',
  takenAt: '2025-03-01 12:00:00+00',
  tables: [
    {
      schema: 'public',
      table: 'submissions',
      part: 'legacy',
      rows: 20_000,
      bytes: 2_097_152,
      textBytes: 10_485_760,
      hash,
    },
    { schema: 'public', table: 'odd\u202ename', part: 'unified', rows: 1, bytes: 20, textBytes: 0, hash },
  ],
  bytes: 2_097_172,
  manifestHash: sha256,
  pgDump: { left: 'pg_dump is not installed' },
  notCarried: ['view public.mine on public.submissions'],
  recorded: true,
  seconds: 1.2,
};

export const restoreReport: RestoreReport = {
  database: 'reddit',
  directory: '/backup/one',
  manifestHash: sha256,
  takenAt: '2025-03-01 12:00:00+00',
  knownToLedger: true,
  tables: [{ schema: 'tryout', table: 'submissions', rows: 20_000, hash }],
  verified: true,
  equal: true,
  differences: [],
  warnings: ['Foreign key a of b on public.c was left out: that table is not there.'],
  seconds: 2.5,
};
