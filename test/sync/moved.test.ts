import { expect, test } from 'vitest';
import { mixtureOf, SHAPE_A } from '../../fixtures/mixture.js';
import { type RunOptions, sync, verify } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { prepared } from '../support/prepared.js';
import { run } from '../support/unifying.js';

/** A run that is ended as soon as it has booked a batch; what comes after the last one is left out. */
async function endedAfterABatch(database: TestDatabase, options: Partial<RunOptions>): Promise<void> {
  const stop = new AbortController();
  const ended = run({
    databaseUrl: database.url,
    signal: stop.signal,
    onProgress: ({ type }) => type === 'batch' && stop.abort(),
    ...options,
  });
  await expect(ended).rejects.toMatchObject({ name: 'StoppedError' });
}

test('a batch that is replaced reports what has left it, although the run ends with it', async () => {
  const database = await prepared({
    mixture: mixtureOf({}),
    submissions: 60,
    oddShare: 0,
    run: { batchSize: 30 },
  });
  // The key that rows with an unknown id get is in another batch than the submission's own.
  const { rows } = await database.query<{ id: string; batch: number }>(
    `select s.id, b.number as batch from submissions s join app_opportunities a on a.submission_id = s.submission_id
     join drydock.phases p on p.phase = 'opportunities' join drydock.batches b on b.phase_id = p.id
       and (b.key_from is null or s.id >= b.key_from) and (b.key_to is null or s.id < b.key_to)
     where b.number > 3 order by s.id limit 1`,
  );
  const batch = rows[0]?.batch ?? 0;
  await database.query(`update submissions set submission_id = 'renamed' where id = $1`, [rows[0]?.id]);
  await endedAfterABatch(database, { phases: ['opportunities'], batches: { from: batch, to: batch } });
  await sync({ databaseUrl: database.url });
  expect(await verify({ databaseUrl: database.url })).toMatchObject({ equal: true });
});

test('records whose opportunity is folded while their batches are loaded are in one of them', async () => {
  const database = await prepared({
    mixture: SHAPE_A,
    submissions: 120,
    oddShare: 0,
    run: { batchSize: 60, phases: ['opportunities'] },
  });
  await endedAfterABatch(database, { phases: ['assessments'], batchSize: 30, concurrency: 1 });
  const { rows } = await database.query<{ read: string; unread: string }>(
    `with b as (
       select b.* from drydock.batches b join drydock.phases p on p.id = b.phase_id and p.phase = 'assessments'
     ), scored as (
       select o.id, b.status from opportunities o join opportunity_scores s on s.opportunity_id = o.id
       join opportunities_unified u on u.id = o.id and not exists (select from opportunity_duplicates d where d.unified_id = u.id)
       join b on (b.key_from is null or o.id >= b.key_from) and (b.key_to is null or o.id < b.key_to)
     )
     select (select min(id::text) from scored where status = 'done') as read, (select min(id::text) from scored where status = 'pending') as unread`,
  );
  const { read, unread } = rows[0] ?? {};
  await database.query(
    `update opportunities o set submission_id = r.submission_id, title = r.title, problem_statement = r.problem_statement
     from opportunities r where r.id = $1 and o.id = $2`,
    [read, unread],
  );
  await database.query(`update opportunities set updated_at = updated_at + interval '1 year' where id = $1`, [
    read,
  ]);
  await sync({ databaseUrl: database.url, phases: ['opportunities'] });
  const { rows: folded } = await database.query(
    `select from opportunity_duplicates where opportunities_id = $1 and unified_id = $2`,
    [unread, read],
  );
  expect(folded).toHaveLength(1);
  expect(await run({ databaseUrl: database.url, phases: ['assessments'] })).toMatchObject({
    phases: [{ state: 'verified' }],
  });
});
