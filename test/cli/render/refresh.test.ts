import { expect, test } from 'vitest';
import { renderRefresh, renderSchedule, renderSeries } from '../../../src/cli/render/refresh.js';
import { renderRun } from '../../../src/cli/render/run.js';
import { renderStatus } from '../../../src/cli/render/status.js';
import { renderVerify } from '../../../src/cli/render/verify.js';
import { PLAIN } from '../../../src/cli/style.js';
import type { PhaseRun } from '../../../src/reports/run.js';
import type { PhaseStatus } from '../../../src/reports/status.js';
import type { PhaseVerification } from '../../../src/reports/verify.js';
import * as samples from '../samples.js';

const where = { database: 'reddit', schema: 'public' } as const;
const view = { name: 'mv_trends', refreshedAt: '2025-01-02 03:04:05+00', seconds: 0.25 } as const;
const flat = (lines: readonly string[]): string => lines.join('\n').replace(/ +/g, ' ');

test('a refresh names each view, what was done, and of when it is', () => {
  const shown = flat(
    renderRefresh(
      {
        ...where,
        views: [
          { ...view, stale: false, refreshed: true },
          { ...view, name: 'mv_usage', stale: false, refreshed: false },
        ],
        seconds: 2,
      },
      PLAIN,
    ),
  );
  expect(shown).toMatch(/mv_trends refreshed in 0\.25 s 2025-01-02/);
  expect(shown).toMatch(/mv_usage nothing has changed/);
  expect(shown).toMatch(/1 of 2 views refreshed, in 2\.0 s\./);
});

test('a series counts its rounds, a job says its schedule', () => {
  const series = { ...where, rounds: 1_200, putOff: 3, refreshed: 77, seconds: 90 };
  expect(flat(renderSeries(series, PLAIN))).toMatch(/rounds 1,200, and 3 put off\n refreshed 77 views/);
  const job = { id: 12, name: 'drydock refresh of public', schedule: '0 */6 * * *' };
  expect(flat(renderSchedule({ ...where, job }, PLAIN))).toMatch(/public \(12\)\n schedule 0 \*\/6 \* \* \*/);
});

const verification: PhaseVerification = {
  phase: 'enhancements',
  equal: true,
  tables: [],
  invariants: [{ name: 'view mv_trends is filled', ok: true, detail: 'its tables have changed' }],
  accounting: [],
  pendingKeys: 0,
  seconds: 1,
};

test('a phase that unifies nothing shows what it made, and claims no comparison', () => {
  const [sample] = samples.runReport.phases;
  const made: PhaseRun = {
    ...(sample as PhaseRun),
    phase: 'enhancements',
    verification,
    made: [
      { kind: 'index', name: 'tier_idx', byThisRun: false, rows: null, bytes: 2048 },
      { kind: 'materialized view', name: 'mv_trends', byThisRun: true, rows: 1_234, bytes: 4096 },
    ],
  };
  const shown = flat(renderRun({ ...samples.runReport, phases: [made] }, PLAIN));
  expect(shown).toMatch(/tier_idx 2\.0 KiB as before/);
  expect(shown).toMatch(/mv_trends 1,234 4\.0 KiB\n/);
  expect(shown).not.toMatch(/legacy table/);
  expect(shown).toMatch(/all that was made is right and in place/);
  const verified = flat(
    renderVerify({ ...where, equal: true, strict: false, phases: [verification], seconds: 1 }, PLAIN),
  );
  expect(verified).toMatch(/1 of 1 invariant hold\n view mv_trends is filled; its tables have changed/);
  expect(verified).toMatch(/Nothing differs from what was made/);
});

test('the status tells how old a view is, and whether that matters', () => {
  const [sample] = samples.statusReport.phases;
  const phase: PhaseStatus = {
    ...(sample as PhaseStatus),
    views: [
      { ...view, stale: true },
      { ...view, name: 'mv_new', refreshedAt: null, stale: true },
      { ...view, name: 'mv_usage', stale: null },
    ],
  };
  const shown = flat(renderStatus({ ...samples.statusReport, phases: [phase] }, { ...PLAIN, width: 200 }));
  expect(shown).toMatch(/view mv_trends, of 2025-01-02 03:04:05\+00; its tables have changed since\n/);
  expect(shown).toMatch(/view mv_new, never filled\n/);
  expect(shown).toMatch(/view mv_usage, of 2025-01-02 03:04:05\+00(\n|$)/);
});
