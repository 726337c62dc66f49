import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { backup, restore } from '../../src/index.js';
import { LEGACY_TABLES, type LegacyTableName } from '../../src/redditharbor/tables.js';
import { hashes } from '../fixtures/filled.js';
import { createTestDatabase } from '../support/database.js';
import { prepared } from '../support/prepared.js';
import { createRole } from '../support/role.js';
import { awkwardDatabase } from './awkward.js';
import { factsOf } from './facts.js';
import { workDirectory } from './place.js';

/** The sequence that belongs to no table is read at another moment than the others: its value is no fact of a table. */
test('what has one of everything comes back with all of it, under its own names and in another schema', async () => {
  const database = await awkwardDatabase(createRole);
  const work = workDirectory();
  const more: Partial<Record<LegacyTableName, number>> = {
    submissions: 1,
    opportunities: 4,
    app_opportunities: 2,
  };
  const saved = await backup({ databaseUrl: database.url, to: join(work, 'first') });
  expect(saved.tables.map(({ table, rows }) => [table, rows])).toEqual(
    LEGACY_TABLES.map((table) => [table, more[table] ?? 0]),
  );
  const facts = await factsOf(database, 'public', LEGACY_TABLES);

  const elsewhere = await createTestDatabase('restored');
  const report = await restore({ databaseUrl: elsewhere.url, from: join(work, 'first'), verify: true });
  expect(report).toMatchObject({ equal: true, differences: [], knownToLedger: false });
  expect(report.warnings.filter((warning) => !warning.includes('that table is not there'))).toEqual([]);
  const outside = report.warnings.map((warning) => /key (\S+) of/.exec(warning)?.[1] ?? '');
  const expected = facts.filter((fact) => !outside.some((name) => name !== '' && fact.includes(name)));
  expect(await factsOf(elsewhere, 'public', LEGACY_TABLES)).toEqual(expected);
  const rows = await hashes(database, 'public');
  expect(await hashes(elsewhere, 'public')).toEqual(
    Object.fromEntries(LEGACY_TABLES.map((table) => [table, rows[table]])),
  );

  // Beside the first one, where everything it could lean on by mistake is there too.
  const beside = await restore({
    databaseUrl: database.url,
    from: join(work, 'first'),
    into: 'Odd "schema"',
    verify: true,
  });
  expect(beside).toMatchObject({ equal: true, differences: [] });
  const moved = await hashes(database, 'Odd "schema"');
  expect(moved).toEqual(await hashes(elsewhere, 'public'));
  const { rows: leaning } = await database.query(
    `select pg_describe_object(d.classid, d.objid, 0) as what, pg_describe_object(d.refclassid, d.refobjid, 0) as on_what
     from (select * from pg_depend where deptype <> 'p' offset 0) d
     cross join lateral pg_identify_object(d.classid, d.objid, 0) o cross join lateral pg_identify_object(d.refclassid, d.refobjid, 0) r
     where o.schema = 'Odd "schema"' and r.schema = 'public' and r.identity !~ 'redditors|subreddits'`,
  );
  expect(leaning).toEqual([]);

  // A backup of what was restored says the same, word for word.
  await backup({ databaseUrl: elsewhere.url, to: join(work, 'second') });
  const third = await createTestDatabase('again');
  await restore({ databaseUrl: third.url, from: join(work, 'second') });
  expect(await factsOf(third, 'public', LEGACY_TABLES)).toEqual(
    await factsOf(elsewhere, 'public', LEGACY_TABLES),
  );
});

test('a phase that is loaded is saved with the tables made for it, and known to the ledger', async () => {
  const mixture = mixtureOf({ opportunities: 'A', appOpportunities: 'dlt', appSchema: 'public_staging' });
  const database = await prepared({ mixture, submissions: 60, oddShare: 0.5, run: { batchSize: 100 } });
  const to = join(workDirectory(), 'backup');
  const saved = await backup({ databaseUrl: database.url, to, phases: ['opportunities'] });
  expect(saved).toMatchObject({ recorded: true, phases: ['opportunities'] });
  expect(saved.tables.map(({ table, part }) => `${part} ${table}`)).toEqual([
    'legacy submissions',
    'legacy opportunities',
    'legacy app_opportunities',
    'legacy workflow_results',
    'unified opportunities_unified',
    'unified opportunity_duplicates',
  ]);
  const before = await hashes(database, 'public', 'public_staging');
  const report = await restore({ databaseUrl: database.url, from: to, into: 'tryout' });
  expect(report).toMatchObject({ equal: true, differences: [], knownToLedger: true });
  expect(await hashes(database, 'tryout')).toEqual(
    Object.fromEntries(saved.tables.map(({ table }) => [table, before[table]])),
  );
  const { rows } = await database.query(
    `select phase, directory, manifest_hash from drydock.backups union all select phase, kind, null from drydock.events where kind = 'backed-up'`,
  );
  expect(rows).toEqual([
    { phase: 'opportunities', directory: saved.directory, manifest_hash: saved.manifestHash },
    { phase: 'opportunities', directory: 'backed-up', manifest_hash: null },
  ]);

  // One table that was lost, where it was: its keys find the tables that are there, changed rows or not.
  await database.query(
    'drop table public.opportunities cascade; delete from public.submissions where id in (select id from public.submissions limit 5)',
  );
  const one = await restore({ databaseUrl: database.url, from: to, tables: ['opportunities'] });
  expect(one.tables.map(({ table }) => table)).toEqual(['opportunities']);
  const { rows: keys } = await database.query(
    `select count(*)::int as n from pg_constraint where contype = 'f' and conrelid = 'public.opportunities'::regclass`,
  );
  expect(keys).toEqual([{ n: 1 }]);
});
