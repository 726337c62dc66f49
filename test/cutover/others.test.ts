import { expect, test } from 'vitest';
import { type CompleteOptions, complete } from '../../src/index.js';
import { cutOver, inHarbour } from './at-sea.js';

const OTHERS = `
  create table once (id serial primary key, opportunity_id uuid constraint once_only unique references opportunities on delete cascade);
  insert into once (opportunity_id) select id from opportunities;
  create table parted (id int, opportunity_id uuid references opportunities on delete cascade) partition by hash (id);
  create table part partition of parted for values with (modulus 1, remainder 0);
  insert into parted select row_number() over (), id from opportunities;
  create table unchecked (id serial primary key, opportunity_id uuid);
  insert into unchecked (opportunity_id) values ('00000000-0000-0000-0000-000000000001');
  alter table unchecked add constraint unchecked_fkey foreign key (opportunity_id) references opportunities not valid;
  create table secrets (id uuid primary key);
  create policy of_opportunities on secrets using (exists (select from opportunities o where o.id = secrets.id));
  create table rows_kept (kept opportunities)`;

test('what other tables have to do with the legacy ones is told before a completion, and does not break it', async () => {
  const database = await inHarbour('B', OTHERS);
  const databaseUrl = database.url;
  await cutOver(database);
  const found = async (verdict: string, options: Partial<CompleteOptions> = {}) =>
    (await complete({ databaseUrl, ...options })).phases
      .flatMap(({ findings }) => findings)
      .filter((finding) => finding.verdict === verdict)
      .map(({ code, object }) => `${code} ${object}`);
  // Rows that name a folded duplicate are to name its opportunity, which a row of this table names already.
  expect(await found('stops', { dryRun: true })).toEqual([
    'foreign-key public.once.once_opportunity_id_fkey',
  ]);
  await database.query('alter table once drop constraint once_only');
  const dependents = [
    'view column kept of table public.rows_kept',
    'view policy of_opportunities on table public.secrets',
  ];
  expect(await found('warned')).toEqual([...dependents, 'foreign-key public.unchecked.unchecked_fkey']);
  expect(await found('warned')).toEqual(['foreign-key public.unchecked.unchecked_fkey']);
  const { rows } = await database.query(
    `select conrelid::regclass::text as name, convalidated as valid from pg_constraint
     where confrelid = 'opportunities_unified'::regclass and conrelid::regclass::text in ('once', 'parted', 'unchecked') order by 1`,
  );
  expect(rows).toEqual([
    { name: 'once', valid: true },
    { name: 'parted', valid: true },
    { name: 'unchecked', valid: false },
  ]);
  expect(await found('stops', { phases: ['opportunities'], dropLegacy: true })).toEqual([
    ...dependents,
    'backup opportunities',
  ]);
});
