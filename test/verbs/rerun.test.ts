import { beforeAll, describe, expect, test } from 'vitest';
import { mixtureOf, SHAPE_A, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { schemaNames } from '../../fixtures/schema/names.js';
import { type BatchStatus, type PhaseName, type RangeOptions, verify } from '../../src/index.js';
import { successor } from '../../src/keys/key-range.js';
import type { TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { type Contents, prepared, tableHashes } from '../support/prepared.js';
import { run, status } from '../support/unifying.js';

const CONTENTS = {
  B: { mixture: mixtureOf({}), submissions: 250, oddShare: 0.1, extras: true, run: { batchSize: 200 } },
  A: { mixture: SHAPE_A, submissions: 200, oddShare: 0.1, run: { batchSize: 200 } },
  dlt: { mixture: SHAPE_B_DLT, submissions: 200, oddShare: 0, run: { batchSize: 200 } },
} as const satisfies Record<string, Contents>;

describe('nothing changed', () => {
  let database: TestDatabase;
  let before: Record<string, string>;
  beforeAll(async () => {
    database = await prepared(CONTENTS.B);
    before = await tableHashes(database, { physical: true });
  });

  test('the same command again finds nothing to do, and writes no row', async () => {
    const report = await run({ databaseUrl: database.url });
    expect(report.outcome).toBe('nothing-to-do');
    expect(report.phases.map((phase) => [phase.state, phase.rowsRead, phase.rowsWritten])).toEqual([
      ['verified', 0, 0],
      ['verified', 0, 0],
    ]);
    expect(await tableHashes(database, { physical: true })).toEqual(before);
  });

  const parts: readonly [string, (bounds: readonly string[]) => RangeOptions][] = [
    ['some batches', () => ({ batches: { from: 1, to: 2 } })],
    ['keys at the bounds of batches', ([a, b]) => ({ keys: { from: a, to: b } })],
    ['keys within batches', () => ({ keys: { from: keyOf('3'), to: keyOf('B') } })],
    ['keys from somewhere on', () => ({ keys: { from: keyOf('c') } })],
    ['since the beginning', () => ({ since: '1970-01-01' })],
  ];
  test.each(parts)('%s', async (_name, optionsOf) => {
    const ends = (await batchesOf(database, 'opportunities')).flatMap((batch) => batch.from ?? []);
    const report = await run({ databaseUrl: database.url, ...optionsOf(ends) });
    expect(report.outcome).toBe('done');
    for (const phase of report.phases) {
      expect(phase).toMatchObject({ state: 'verified', rowsWritten: 0, caughtUp: { changes: 0 } });
      expect(phase.rowsRead).toBeGreaterThan(0);
      // A batch that is loaded again is not told as one that was left as it was.
      expect(phase.batches.loaded + phase.batches.alreadyDone).toBe(phase.batches.total);
    }
    expect(await tableHashes(database, { physical: true })).toEqual(before);
  });

  test('a time after everything selects only what has no end', async () => {
    const report = await run({
      databaseUrl: database.url,
      phases: ['assessments'],
      since: '2199-12-31T23:59:59+05:30',
    });
    expect(report.phases[0]?.batches.loaded).toBeLessThan(report.phases[0]?.batches.total ?? 0);
    expect(await tableHashes(database, { physical: true })).toEqual(before);
  });

  test.each([
    ['the wrong way round', { batches: { from: 3, to: 2 } }],
    ['batches that are not there', { batches: { from: 1, to: 9_999 } }],
    ['no key', { keys: { from: 'abc' } }],
    ['keys the wrong way round', { keys: { from: keyOf('d'), to: keyOf('c') } }],
    ['no time', { since: 'last Tuesday' }],
    ['two forms', { since: '2025-01-01', batches: { from: 1, to: 1 } }],
  ] satisfies [string, RangeOptions][])('an impossible range is refused: %s', async (_name, range) => {
    await expect(run({ databaseUrl: database.url, ...range })).rejects.toMatchObject({
      code: 'impossible-range',
    });
    expect(await tableHashes(database, { physical: true })).toEqual(before);
  });
});

describe.each(['A', 'dlt'] as const)('legacy rows changed, shape %s', (shape) => {
  const { mixture } = CONTENTS[shape];
  const apps = schemaNames(mixture).table('app_opportunities');

  test('their range alone is replaced, and everything is equal again', async () => {
    const database = await prepared(CONTENTS[shape]);
    const client = await database.client();
    const batch = (await batchesOf(database, 'opportunities'))[1];
    const inBatch = `merge_key >= '${batch?.from}' and merge_key < '${batch?.to}'`;
    const others = await tableHashes(database, { physical: true, where: `not (${inBatch})` });
    const { rows } = await client.query<{ submission: string; id: string }>(
      `select submission_id as submission, id from public.opportunities_unified
        where ${inBatch} and from_opportunities and submission_id is not null order by merge_key limit 6`,
    );
    const [changed, cleared, deleted] = rows.map((row) => row.id);
    const pointer = shape === 'A' ? 'submission_id' : 'identified_from_submission_id';
    await client.query(
      `update public.opportunities set problem_statement = 'another one \\\\ \\n, "quoted"' where id = $1`,
      [changed],
    );
    await client.query(
      'update public.opportunities set target_audience = null, created_at = null where id = $1',
      [cleared],
    );
    await client.query('delete from public.opportunities where id = $1', [deleted]);
    await client.query(
      `insert into public.opportunities (problem_statement, ${pointer} ${shape === 'A' ? ', title' : ''})
        select 'a new one', $1::uuid ${shape === 'A' ? `, 'new'` : ''} from generate_series(1, 3)`,
      [rows[3]?.submission],
    );
    // Rows that go, in a table without a key where there is none: all copies of them.
    await client.query(
      `delete from ${apps} where submission_id in (select submission_id from ${apps} limit 1)`,
    );

    const first = await run({
      databaseUrl: database.url,
      phases: ['opportunities'],
      batches: { from: 2, to: 2 },
    });
    expect(first.phases[0]?.rowsWritten).toBeGreaterThan(3);
    const after = await tableHashes(database, { physical: true, where: `not (${inBatch})` });
    expect(after.opportunities_unified).toBe(others.opportunities_unified);
    expect(after.opportunity_duplicates).toBe(others.opportunity_duplicates);

    await run({ databaseUrl: database.url, keys: { from: '00000000-0000-0000-0000-000000000000' } });
    await expectEqual(client, pairsOf(mixture));
    await expectBalanced(database, shape === 'dlt');
  });
});

describe('opportunities fold and unfold while assessments are loaded', () => {
  const { mixture } = CONTENTS.B;

  test('the assessments that stood on them are to be loaded again, and are', async () => {
    const database = await prepared(CONTENTS.B);
    const client = await database.client();
    // Two ideas of one submission, both scored.
    const { rows } = await client.query<{ key: string; ids: string[] }>(
      `select u.merge_key as key, array_agg(u.id order by u.id) as ids
         from public.opportunities_unified u join public.opportunity_assessments a on a.opportunity_id = u.id
        where u.submission_id is not null group by u.merge_key having count(*) > 1 order by 1 limit 1`,
    );
    const [first, second] = rows[0]?.ids ?? [];
    const { rows: originals } = await client.query<{ app_name: string; problem_statement: string }>(
      'select app_name, problem_statement from public.opportunities where id = $1',
      [second],
    );
    const range = { keys: { from: rows[0]?.key } };
    const rename = (app: string | undefined, problem: string | undefined, id: string | undefined) =>
      client.query('update public.opportunities set app_name = $1, problem_statement = $2 where id = $3', [
        app,
        problem,
        id,
      ]);
    const states = async () =>
      (await status({ databaseUrl: database.url })).phases.map((phase) => [
        phase.state,
        phase.batches.total - phase.batches.done > 0,
      ]);
    const { opportunities_unified: before, ...assessedBefore } = await tableHashes(database);

    await client.query('create temp table original as select * from public.opportunities where id = $1', [
      first,
    ]);
    await rename(originals[0]?.app_name, originals[0]?.problem_statement, first);
    const folded = await run({ databaseUrl: database.url, phases: ['opportunities'], ...range });
    expect(folded.phases[0]).toMatchObject({ state: 'verified' });
    expect(folded.warnings.join()).toMatch(/assessments .* loaded again/);
    expect(await states()).toEqual([
      ['verified', false],
      ['loading', true],
    ]);
    await expect(verify({ databaseUrl: database.url })).rejects.toMatchObject({ code: 'not-loaded' });

    const again = await run({ databaseUrl: database.url });
    expect(again.outcome).toBe('done');
    expect(again.phases[1]).toMatchObject({ state: 'verified', verification: { equal: true } });
    expect(again.phases[1]?.batches.loaded).toBeLessThan(again.phases[1]?.batches.total ?? 0);
    await expectEqual(client, pairsOf(mixture));
    await expectBalanced(database);

    // And back, both phases in one command: a range of keys is another one to each, what is stale goes along.
    await client.query(
      `update public.opportunities o set app_name = b.app_name, problem_statement = b.problem_statement
         from original b where b.id = o.id`,
    );
    const unfolded = await run({
      databaseUrl: database.url,
      keys: { from: rows[0]?.key, to: nextKey(rows[0]?.key) },
    });
    expect(unfolded).toMatchObject({
      outcome: 'done',
      phases: [{ state: 'verified' }, { state: 'verified' }],
    });
    await expectEqual(client, pairsOf(mixture));
    await expectBalanced(database);
    expect(await tableHashes(database)).toEqual({ opportunities_unified: before, ...assessedBefore });
  });

  test('scores that change places within a batch are replaced', async () => {
    const database = await prepared(CONTENTS.A);
    const client = await database.client();
    await client.query(`
      alter table public.opportunity_scores drop constraint opportunity_scores_opportunity_id_key;
      with pair as (
        select id, opportunity_id, lead(opportunity_id) over (order by opportunity_id) as next,
          lag(opportunity_id) over (order by opportunity_id) as previous
        from public.opportunity_scores order by opportunity_id limit 2
      )
      update public.opportunity_scores s set opportunity_id = coalesce(p.next_of_two, p.previous)
      from (select id, previous, case when previous is null then next end as next_of_two from pair) p where p.id = s.id`);
    const report = await run({
      databaseUrl: database.url,
      phases: ['assessments'],
      batches: { from: 1, to: 1 },
    });
    expect(report).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }] });
    await expectEqual(client, pairsOf(CONTENTS.A.mixture));
  });
});

/** Verified by the product itself, and the ledger's sums are the accounting's. */
async function expectBalanced(database: TestDatabase, strict = false): Promise<void> {
  const verified = await verify({ databaseUrl: database.url, strict });
  for (const phase of verified.phases) expect(phase).toMatchObject({ equal: true });
  const { phases } = await status({ databaseUrl: database.url, batchList: true });
  for (const [index, phase] of phases.entries()) {
    const accounting = verified.phases[index]?.accounting ?? [];
    const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
    const counted = {
      rowsIn: sum(accounting.map((entry) => entry.source)),
      folded: sum(accounting.map((entry) => entry.folded)),
      rejected: sum(accounting.map((entry) => entry.rejected)),
    };
    expect(phase).toMatchObject({ state: 'verified', ...counted });
    const list = phase.batchList ?? [];
    expect({
      rowsIn: sum(list.map((batch) => batch.rowsIn)),
      folded: sum(list.map((batch) => batch.folded)),
      rejected: sum(list.map((batch) => batch.rejected)),
    }).toEqual(counted);
    expect(phase.rowsOut).toBe(sum(list.map((batch) => batch.rowsOut)));
    expect(phase.batches.done).toBe(list.length);
  }
}

/** The key behind a key. */
function nextKey(key: string | undefined): string {
  return successor(key ?? '') ?? '';
}

/** A uuid that begins with a digit. */
function keyOf(digit: string): string {
  return `${digit}1234567-89ab-4cde-8f01-23456789abcd`;
}

async function batchesOf(database: TestDatabase, phase: PhaseName): Promise<readonly BatchStatus[]> {
  const { phases } = await status({ databaseUrl: database.url, phases: [phase], batchList: true });
  return phases[0]?.batchList ?? [];
}
