import pg from 'pg';
import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { plan, rollback, run, status, verify } from '../../src/index.js';
import { createImpostors } from '../support/impostors.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { asDrydock } from '../support/own-writes.js';
import { UNIFYING_PHASES } from '../support/phases.js';
import { prepared } from '../support/prepared.js';
import { createRole } from '../support/role.js';

test('of a role whose search_path begins with an impostor of everything, no impostor is ever called', async () => {
  const mixture = mixtureOf({});
  const database = await prepared({ mixture, submissions: 50, oddShare: 0.2, extras: true });
  const client = await database.client();
  expect(await createImpostors(client)).toBeGreaterThan(2_000);
  const role = await createRole(database);
  await client.query(`
    grant create on database ${pg.escapeIdentifier(database.name)} to ${role.name};
    grant usage on schema evil to ${role.name};
    grant select on all tables in schema evil to ${role.name};
    grant usage, create on schema public to ${role.name};
    grant select on all tables in schema public to ${role.name};
    grant references on public.submissions to ${role.name};
    alter role ${role.name} in database ${pg.escapeIdentifier(database.name)} set search_path = evil, public, pg_catalog`);

  // They do stand in the way of whoever has not fixed the path.
  const misled = new pg.Client({ connectionString: role.url });
  await misled.connect();
  for (const expression of [`lower('A'::text)`, '1 = 1', 'now()', 'count(*)'])
    await expect(misled.query(`select ${expression}`)).rejects.toThrow(/impostor|not an aggregate/);
  expect((await misled.query('select 1 from pg_class limit 1')).rows).toEqual([]);

  const options = { databaseUrl: role.url };
  expect((await plan(options)).stops).toEqual([]);
  expect(await run({ ...options, batchSize: 100 })).toMatchObject({ outcome: 'done' });
  await expectEqual(client, pairsOf(mixture));
  expect(await run({ ...options, batches: { from: 1, to: 2 } })).toMatchObject({ outcome: 'done' });
  expect(await run({ ...options, phases: UNIFYING_PHASES, since: '2000-01-01' })).toMatchObject({
    outcome: 'done',
  });
  expect(await verify({ ...options, strict: true, record: true })).toMatchObject({ equal: true });
  expect((await status(options)).phases).toMatchObject(Array(3).fill({ state: 'verified' }));

  // What the views do was decided when they were made, not by the path of whoever reads them.
  for (const { table, view } of pairsOf(mixture)) {
    const read = await misled.query(`select x::pg_catalog.text from ${view} x`);
    const { rows } = await client.query(`select x::text from ${table} x`);
    const sorted = (list: { x: string }[]) => list.map(({ x }) => x).sort();
    expect(sorted(read.rows)).toEqual(sorted(rows));
  }
  await misled.end();

  // A difference is still seen.
  await asDrydock(
    database,
    `update public.opportunities_unified set title = title || '!' where from_opportunities`,
  );
  expect(await verify({ ...options, strict: true })).toMatchObject({ equal: false });
  await rollback(options);
  const { rows } = await client.query(
    `select from pg_class where relname like '%unified' or relname like '%_legacy'`,
  );
  expect(rows).toEqual([]);
});
