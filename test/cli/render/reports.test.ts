import { describe, expect, test } from 'vitest';
import { renderBackup } from '../../../src/cli/render/backup.js';
import { renderOrder } from '../../../src/cli/render/order.js';
import { renderPlan } from '../../../src/cli/render/plan.js';
import { renderRestore } from '../../../src/cli/render/restore.js';
import { renderRollback } from '../../../src/cli/render/rollback.js';
import { renderRun } from '../../../src/cli/render/run.js';
import { renderStatus } from '../../../src/cli/render/status.js';
import { displayWidth } from '../../../src/cli/render/text.js';
import { renderVerify } from '../../../src/cli/render/verify.js';
import { PLAIN, type Style } from '../../../src/cli/style.js';
import type { OrderReport } from '../../../src/reports/orders.js';
import * as samples from '../samples.js';

const text = (lines: readonly string[]): string => lines.join('\n');
const flat = (lines: readonly string[]): string => lines.join(' ').replace(/\s+/g, ' ');

describe('the plan', () => {
  const plan = text(renderPlan(samples.planReport, PLAIN));

  test('shows shape, rows and size of every table, and names what is missing', () => {
    expect(plan).toMatch(/opportunities +B +18,000 +9\.0 MiB/);
    expect(plan).toMatch(/public_staging\.app_opportunities +dlt +15,400 +1\.5 GiB/);
    expect(plan).toMatch(/workflow_results +missing$/m);
  });

  test('tells the triggers that capture takes, and the right that is missing for it', () => {
    const told = flat(renderPlan(samples.planReport, PLAIN));
    expect(told).toMatch(/triggers +on public\.opportunities, public\.submissions \(capture;/);
    expect(told).toContain(
      'may not put triggers on public.submissions: that takes its owner. Without, the run',
    );
  });

  test('shows duplicates, orphans and how tables meet', () => {
    expect(plan).toMatch(/app_opportunities +15,400 +15,100 +300 +22/);
    expect(plan).toContain('8,000  opportunities + app_opportunities + workflow_results');
  });

  test('names suspicious scales and values without a rule', () => {
    expect(plan).toMatch(/! opportunity_scores\.market_demand_score should hold percent/);
    expect(plan).toContain(String.raw`opportunities.status holds 'on hold\n' in 1 row`);
  });

  test('says what will be created, in how many batches, for how long', () => {
    expect(plan).toContain('public.app_opportunities_legacy');
    expect(plan).toContain('4 batches of up to 10,000 rows');
    expect(plan).toContain('about 1 min 35 s, and 50 MiB of new storage');
    expect(plan).toContain('Nothing stands in the way');
  });

  test('with stops says each, with its next step, and not that all is well', () => {
    const stopped = text(renderPlan(samples.stoppedPlan, PLAIN));
    expect(stopped).toContain('✖ The user may not create tables in schema public.');
    expect(stopped).toContain('grant create on schema public to app;');
    expect(stopped).not.toContain('Nothing stands in the way');
  });
});

describe('the run', () => {
  const { runReport } = samples;
  const [phase] = runReport.phases;
  if (phase === undefined) throw new Error('the sample has a phase');
  const run = text(renderRun(runReport, PLAIN));

  test('shows the accounting, and whether it adds up', () => {
    expect(run).toMatch(/app_opportunities +15,400 +15,098 +300 +2 {2}✔/);
    const [first] = phase.accounting;
    if (first === undefined) throw new Error('the sample has an accounting');
    const wrong = { ...phase, accounting: [{ ...first, balanced: false }] };
    expect(text(renderRun({ ...runReport, phases: [wrong] }, PLAIN))).toContain('✖ does not add up');
  });

  test('shows batches, speed, storage before and after, times, memory', () => {
    expect(run).toContain('3 of 4 loaded, 1 loaded before (up to 10,000 rows each)');
    expect(run).toContain('18,973 rows/s');
    expect(run).toContain('70 MiB before → 40 MiB unified (57%)');
    expect(run).toContain('load 2.2 s, indexes 0.61 s, verification 0.80 s');
    expect(run).toContain('with at most 180 MiB of memory');
  });

  test('shows both hashes side by side', () => {
    expect(run).toMatch(/workflow_results +9,100 {2}…678901:…012345 +…678901:…012345 +✔ equal/);
  });

  test('claims no more than was compared', () => {
    const claim = 'every legacy table equals its view';
    expect(run).toContain(claim);
    const partial = { ...phase, state: 'loading' } as const;
    expect(text(renderRun({ ...runReport, phases: [partial] }, PLAIN))).not.toContain(claim);
    const unverified = { ...phase, state: 'loaded', verification: null } as const;
    const told = text(renderRun({ ...runReport, phases: [unverified] }, PLAIN));
    expect(told).not.toContain(claim);
    expect(told).toContain('Not verified');
    const again = text(renderRun({ ...runReport, outcome: 'nothing-to-do' }, PLAIN));
    expect(again).toContain('Nothing to do');
    const different = {
      ...runReport,
      outcome: 'different',
      phases: [{ ...phase, state: 'different', verification: samples.differentVerification }],
    } as const;
    expect(text(renderRun(different, PLAIN))).toMatch(/✖ Different/);
    expect(text(renderRun(different, PLAIN))).not.toContain(claim);
  });
});

describe('the verification', () => {
  const lines = renderVerify(samples.differentReport, PLAIN);
  const told = text(lines);

  test('has a line for every table, with both hashes', () => {
    expect(told).toMatch(/opportunities +18,000 +…678901:…012345 +…678901:…012345 +✔ equal/);
    expect(told).toMatch(/app_opportunities +15,400 +…678901:…012345 +…670000:…010000 +✖ differs/);
  });

  test('names batches, key, row, column and both values', () => {
    expect(told).toContain('1, 4..6, 9.');
    expect(told).toContain('The table has 15,400');
    expect(told).toContain('batch 4, key 7d444840-9dc0-11d1-b245-5ffdce74fad2');
    expect(told).toContain('changed  row id=1b4e28ba-2fa1-11d2-883f-0016d3cca427');
    expect(told).toMatch(/title +legacy +'Budget app'\n +unified +'budget app'/);
    expect(told).toContain('missing from the view  row id=6ba7b812-9dad-11d1-80b4-00c04fd430c8');
    expect(told).toContain('a larger --limit');
  });

  test("tells NULL from 'NULL' and from the empty string", () => {
    expect(told).toMatch(/notes +legacy +NULL\n +unified +'NULL'/);
    expect(told).toMatch(/app_concept +legacy +''\n +unified +NULL/);
  });

  test('shows what a broken invariant found', () => {
    expect(told).toContain('1 of 2 invariants hold');
    expect(told).toContain('! generated totals: 3 rows of opportunity_assessments have another total_score');
  });

  test('says equal only when it is', () => {
    expect(told).toMatch(/✖ Not equal/);
    expect(told).toMatch(
      /→ drydock run --phase opportunities --batches \d+(\.\.\d+)? loads what differs again\./,
    );
    const equal = flat(renderVerify(samples.verifyReport, PLAIN));
    expect(equal).toContain('✔ Equal: 42,500 rows of 3 legacy tables and of their views, compared by hash.');
    const strict = flat(renderVerify({ ...samples.verifyReport, strict: true }, PLAIN));
    expect(strict).toContain('compared by hash and as text.');
  });
});

test('the status says how far each phase is, and lists batches when they are there', () => {
  const told = text(renderStatus(samples.statusReport, PLAIN));
  expect(told).toContain('1 of 4 done (25%)');
  expect(told).toContain('not finished, started 2025-03-01 12:00:00+00');
  expect(told).toMatch(/verified +never/);
  expect(told).toMatch(/ 1 {2}the first +done +10,000 +9,400 +600 +0 +1/);
  expect(told).toContain('Nothing has been made for this phase.');
});

test('the status says who is at work, what that was told, and what happened last', () => {
  const told = flat(renderStatus(samples.statusReport, PLAIN));
  expect(told).toMatch(
    /at work +drydock run \(opportunities, assessments\), by deploy@web1 \(process 4711\) as app/,
  );
  expect(told).toMatch(/rate +no more than 2,000 rows\/s/);
  expect(told).toMatch(/ paused +by ops@web2 \(process 12\) as app, since 2025-03-01 12:00:05\+00/);
  expect(told).toMatch(/newest +paused at 2025-03-01 12:00:05\+00, by ops@web2/);
  const idle = flat(renderStatus({ ...samples.statusReport, running: null, lastEvent: null }, PLAIN));
  expect(idle).toMatch(/at work +nobody/);
  expect(idle).not.toContain('newest');
});

test('an order says what it changed, and what was so already', () => {
  const told = (report: Partial<OrderReport>) =>
    flat(renderOrder({ ...samples.orderReport, ...report }, PLAIN));
  expect(told({})).toContain('✔ Paused: it stands still before its next batch');
  expect(told({ changed: false })).toContain('It was paused already.');
  expect(told({ order: 'resume' })).toContain('Resumed: it goes on.');
  expect(told({ order: 'resume', changed: false })).toContain('It was not paused.');
  expect(told({ order: 'throttle' })).toContain(
    'Throttled: no more than 2,000 rows/s from the next batch on.',
  );
  const off = { ...samples.orderReport.run, maxRate: null };
  expect(told({ order: 'throttle', run: off })).toContain('Throttled: no limit from the next batch on.');
});

test('the rollback names what it dropped', () => {
  const told = text(renderRollback(samples.rollbackReport, PLAIN));
  expect(told).toContain('dropped public.opportunity_assessments');
  expect(told).toContain('There was nothing of this phase.');
  expect(told).toContain('The rows of the legacy tables were not touched.');
});

test('the backup says what is in it, where it is, and what is not in it', () => {
  const told = flat(renderBackup(samples.backupReport, PLAIN));
  expect(told).toMatch(/public\.submissions +legacy +20,000 +10 MiB +2\.0 MiB \(20%\)/);
  expect(told).toContain('left out: pg_dump is not installed');
  expect(told).toContain('! view public.mine on public.submissions');
  expect(told).toContain('✔ Backed up and read back: 20,001 rows of 2 tables, 2.0 MiB.');
  expect(told).toContain(samples.backupReport.manifestHash);
});

test('the restore says what was compared, and what could not be as it was', () => {
  const { restoreReport } = samples;
  const told = flat(renderRestore(restoreReport, PLAIN));
  expect(told).toMatch(/tryout\.submissions +20,000 +…678901:…012345 +✔ equal/);
  expect(told).toContain(
    '✔ Restored 20,000 rows of 1 table, compared by hash and as text; all definitions are',
  );
  expect(told).toContain('that table is not there');
  const different = { ...restoreReport, equal: false, differences: ['tables public.a, columns b: missing'] };
  expect(flat(renderRestore(different, PLAIN))).toMatch(
    /! tables public\.a, columns b: missing .*✖ Restored/,
  );
});

describe.each([80, 120])('at %i columns', (width) => {
  const style: Style = { ...PLAIN, width };
  test.each<[string, readonly string[]]>([
    ['plan', renderPlan(samples.stoppedPlan, style)],
    ['run', renderRun(samples.runReport, style)],
    ['verify', renderVerify(samples.differentReport, style)],
    ['status', renderStatus(samples.statusReport, style)],
    ['rollback', renderRollback(samples.rollbackReport, style)],
    ['backup', renderBackup(samples.backupReport, style)],
    ['restore', renderRestore(samples.restoreReport, style)],
    ['pause', renderOrder(samples.orderReport, style)],
  ])('%s fits, and nothing in it moves the cursor', (_, lines) => {
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(lines.filter((line) => /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(line))).toEqual([]);
  });
});
