import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { verify } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { type Contents, prepared } from '../support/prepared.js';
import { rollback, run, status } from '../support/unifying.js';

const DATA: Contents = { mixture: mixtureOf({}), submissions: 150, oddShare: 0, extras: true };

/** Values that the tests make the server refuse. */
const BAD = { concept: 'refuse this concept', notes: 'refuse these notes' };

/** Spoils a row of `app_opportunities` whose key lies behind the first batch; gives the key. */
async function spoil(database: TestDatabase, column = 'app_concept', value = BAD.concept): Promise<string> {
  const { rows } = await database.query<{ key: string }>(
    `with bad as (
       select a.id, s.id as key from public.app_opportunities a join public.submissions s on s.submission_id = a.submission_id
        where s.id >= (select key_to from drydock.batches b join drydock.phases p on p.id = b.phase_id where p.phase = 'opportunities' and number = 1)
          and ${column} is distinct from '${value}' and (select count(*) from public.submissions t where t.submission_id = s.submission_id) = 1
        order by md5(a.id::text) limit 1
     )
     update public.app_opportunities a set ${column} = '${value}' from bad where bad.id = a.id returning bad.key`,
  );
  return rows[0]?.key ?? '';
}

/** A database whose first batch is loaded, and whose tables refuse what `spoil` puts into a row. */
async function begun(): Promise<TestDatabase> {
  const database = await prepared(DATA);
  await run({
    databaseUrl: database.url,
    phases: ['opportunities'],
    batchSize: 100,
    batches: { from: 1, to: 1 },
  });
  await database.query(
    `alter table public.opportunities_unified add constraint refuses check (app_concept is distinct from '${BAD.concept}')`,
  );
  return database;
}

/** What the ledger and the tables hold of a key. */
async function traces(database: TestDatabase, key: string) {
  const { rows } = await database.query<{ status: string; ours: number; rejects: number }>(
    `select b.status,
       (select count(*)::int from public.opportunities_unified where merge_key = $1)
         + (select count(*)::int from public.opportunity_duplicates where merge_key = $1) as ours,
       (select count(*)::int from drydock.rejects where merge_key = $1) as rejects
     from drydock.batches b join drydock.phases p on p.id = b.phase_id
     where p.phase = 'opportunities' and (key_from is null or key_from <= $1) and (key_to is null or key_to > $1)`,
    [key],
  );
  return rows[0];
}

test('without a budget the run stops, clearly, and nothing is half done', async () => {
  const database = await begun();
  const key = await spoil(database);
  const failed = run({ databaseUrl: database.url });
  await expect(failed).rejects.toMatchObject({
    code: 'too-many-rejects',
    exitStatus: 2,
    message: expect.stringMatching(new RegExp(`${key}.*23514.*refuses`)),
    next: expect.stringContaining('--max-rejects'),
  });
  // The value itself is for those who ask for it.
  await failed.catch((error: Error) => expect(`${error.message}`).not.toContain(BAD.concept));
  expect(await traces(database, key)).toEqual({ status: 'pending', ours: 0, rejects: 0 });
  const { phases } = await status({ databaseUrl: database.url });
  expect(phases.map((phase) => phase.state)).toEqual(['loading', 'new']);
  expect(phases[0]?.lastRun?.outcome).toBe('too-many-rejects');
});

test('within the budget the rows are put aside whole, are shown by the view, and come back when the cause is gone', async () => {
  const database = await begun();
  const client = await database.client();
  const key = await spoil(database);
  const report = await run({ databaseUrl: database.url, maxRejects: 50 });
  expect(report.outcome).toBe('done');
  const [phase] = report.phases;
  expect(phase?.state).toBe('verified');
  expect(phase?.rejectedRows).toBeGreaterThan(0);
  for (const entry of phase?.accounting ?? []) expect(entry.balanced).toBe(true);
  expect(await traces(database, key)).toEqual({ status: 'done', ours: 0, rejects: phase?.rejectedRows });
  const { rows } = await client.query<{ reason: string }>('select distinct reason from drydock.rejects');
  expect(rows).toEqual([{ reason: '23514 refuses' }]);
  await expectEqual(client, pairsOf(DATA.mixture));
  expect(await verify({ databaseUrl: database.url, strict: true })).toMatchObject({ equal: true });
  expect((await status({ databaseUrl: database.url })).phases[0]).toMatchObject({
    rejected: phase?.rejectedRows,
  });

  // Nothing to do, and the rejects stay.
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'nothing-to-do' });
  expect(await traces(database, key)).toMatchObject({ rejects: phase?.rejectedRows });

  await client.query('alter table public.opportunities_unified drop constraint refuses');
  const again = await run({ databaseUrl: database.url, keys: { from: key } });
  expect(again.phases[0]).toMatchObject({ state: 'verified', rejectedRows: 0 });
  expect(await traces(database, key)).toMatchObject({ status: 'done', rejects: 0 });
  await expectEqual(client, pairsOf(DATA.mixture));
  expect(await verify({ databaseUrl: database.url, strict: true })).toMatchObject({ equal: true });
});

test('the budget is one for all batches, and a trigger that refuses counts as well', async () => {
  const database = await begun();
  await database.query(`
    create function public.refuse() returns trigger language plpgsql as $$ begin
      if new.notes = '${BAD.notes}' then raise 'refused' using errcode = 'check_violation'; end if;
      return new;
    end $$;
    create trigger refuse before insert on public.opportunities_unified for each row execute function public.refuse()`);
  const keys = [await spoil(database), await spoil(database, 'notes', BAD.notes)];
  await expect(run({ databaseUrl: database.url, maxRejects: 1 })).rejects.toMatchObject({
    code: 'too-many-rejects',
  });
  const report = await run({ databaseUrl: database.url, maxRejects: 100 });
  expect(report.outcome).toBe('done');
  for (const key of keys) expect(await traces(database, key)).toMatchObject({ status: 'done', ours: 0 });
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
  await rollback({ databaseUrl: database.url });
});

test('a row that becomes unstorable is put aside by a re-run of its range, too', async () => {
  const database = await begun();
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
  const key = await spoil(database);
  const range = { databaseUrl: database.url, phases: ['opportunities'] as const, keys: { from: key } };
  const before = await traces(database, key);
  await expect(run(range)).rejects.toMatchObject({ code: 'too-many-rejects' });
  expect(await traces(database, key)).toEqual(before);
  expect(await run({ ...range, maxRejects: 50 })).toMatchObject({ phases: [{ state: 'verified' }] });
  expect(await traces(database, key)).toMatchObject({ status: 'done', ours: 0 });
  await run({ databaseUrl: database.url });
  await expectEqual(await database.client(), pairsOf(DATA.mixture));
});
