import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { backup, type CompleteOptions, complete } from '../../src/index.js';
import { isServer } from '../support/version.js';
import { cutOver, inHarbour } from './at-sea.js';

const OTHERS = `
  create table once (id serial primary key, opportunity_id uuid constraint once_only unique references opportunities on delete cascade);
  insert into once (opportunity_id) select id from opportunities;
  create table softly (id serial primary key, opportunity_id uuid references opportunities, gone_at timestamptz);
  create unique index softly_only on softly (opportunity_id) where gone_at is null;
  insert into softly (opportunity_id) select id from opportunities;
  create table parted (id int, opportunity_id uuid references opportunities on delete cascade) partition by hash (id);
  create table part partition of parted for values with (modulus 1, remainder 0);
  insert into parted select row_number() over (), id from opportunities;
  create table unchecked (id serial primary key, opportunity_id uuid);
  insert into unchecked (opportunity_id) values ('00000000-0000-0000-0000-000000000001');
  alter table unchecked add constraint unchecked_fkey foreign key (opportunity_id) references opportunities not valid;
  create table secrets (id uuid primary key);
  create policy of_opportunities on secrets using (exists (select from opportunities o where o.id = secrets.id));
  create table rows_kept (kept opportunities)`;

const UNCHECKED_PARTS = `
  create table unchecked_parts (id int, opportunity_id uuid) partition by hash (id);
  create table unchecked_part partition of unchecked_parts for values with (modulus 1, remainder 0);
  insert into unchecked_parts values (1, '00000000-0000-0000-0000-000000000001');
  alter table unchecked_parts add constraint unchecked_parts_fkey foreign key (opportunity_id) references opportunities not valid`;

test('what other tables have to do with the legacy ones is told before a completion, and does not break it', async () => {
  const database = await inHarbour('B', OTHERS);
  const databaseUrl = database.url;
  if (isServer(18)) await database.query(UNCHECKED_PARTS);
  await cutOver(database);
  const found = async (verdict: string, options: Partial<CompleteOptions> = {}) =>
    (await complete({ databaseUrl, ...options })).phases
      .flatMap(({ findings }) => findings)
      .filter((finding) => finding.verdict === verdict)
      .map(({ code, object }) => `${code} ${object}`);
  // Rows that name a folded duplicate are to name its opportunity, which a row of this table names already.
  expect(await found('stops', { dryRun: true })).toEqual([
    'foreign-key public.once.once_opportunity_id_fkey',
    'foreign-key public.softly.softly_opportunity_id_fkey',
  ]);
  await database.query('alter table once drop constraint once_only; drop index softly_only');
  const dependents = [
    'view column kept of table public.rows_kept',
    'view policy of_opportunities on table public.secrets',
  ];
  // Until 18 a table with partitions takes no key that is not checked, and is told to be checked behind the locks.
  const unchecked = ['unchecked', ...(isServer(18) ? ['unchecked_parts'] : [])].map(
    (table) => `foreign-key public.${table}.${table}_fkey`,
  );
  const checked = isServer(18) ? [] : ['foreign-key public.parted.parted_opportunity_id_fkey'];
  expect(await found('warned')).toEqual([...checked, ...dependents, ...unchecked]);
  expect(await found('warned')).toEqual(unchecked);
  const { rows } = await database.query(
    `select conrelid::regclass::text as name, convalidated as valid from pg_constraint
     where confrelid = 'opportunities_unified'::regclass and conrelid::regclass::text in ('once', 'parted', 'unchecked') order by 1`,
  );
  expect(rows).toEqual([
    { name: 'once', valid: true },
    { name: 'parted', valid: true },
    { name: 'unchecked', valid: false },
  ]);
  const ofAssessments = ['market_validations', 'opportunity_scores', 'score_components'].map(
    (table) => `foreign-key constraint ${table}_opportunity_id_fkey on table drydock_legacy.${table}`,
  );
  expect(await found('stops', { phases: ['opportunities'], dropLegacy: true })).toEqual([
    dependents[0],
    ...ofAssessments,
    dependents[1],
    'backup opportunities',
  ]);
});

const DEPENDENTS = `
  alter table opportunities add column number serial;
  create table lists (id int, many opportunities[]);
  create table numbered (n int default nextval('opportunities_number_seq'))`;

test('whatever Postgres would not drop the moved tables under is told before, also in a dry run', async () => {
  const database = await inHarbour('B', DEPENDENTS);
  const databaseUrl = database.url;
  const directory = await mkdtemp(join(tmpdir(), 'drydock-drop-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await backup({ databaseUrl, to: join(directory, 'backup') });
  await cutOver(database);
  const stopping = async (options: Partial<CompleteOptions>) => {
    const { phases } = await complete({ databaseUrl, dropLegacy: true, ...options });
    return phases.map(({ phase, outcome, findings }) => [
      phase,
      outcome,
      findings.filter(({ verdict }) => verdict === 'stops').map(({ object }) => object),
    ]);
  };
  const others = ['column many of table public.lists', 'default value for column n of table public.numbered'];
  expect(await stopping({ dryRun: true })).toEqual([
    ['assessments', 'would-complete', []],
    ['opportunities', 'refused', others],
  ]);
  await database.query('drop table lists, numbered');
  await complete({ databaseUrl });
  // The moved tables of the other phase name those of this one, and go first or with them.
  await database.query(
    `create table late (id uuid constraint late_fkey references drydock_legacy.opportunities)`,
  );
  const late = 'constraint late_fkey on table public.late';
  for (const dryRun of [true, false]) {
    expect(await stopping({ phases: ['opportunities'], dryRun })).toEqual([
      [
        'opportunities',
        'refused',
        expect.arrayContaining([
          late,
          expect.stringMatching(/^constraint \S+ on table drydock_legacy\.opportunity_scores$/),
        ]),
      ],
    ]);
  }
  expect(await stopping({ dryRun: true })).toEqual([
    ['assessments', 'already-completed', []],
    ['opportunities', 'refused', [late]],
  ]);
  await database.query('drop table late');
  expect(await stopping({})).toEqual([
    ['assessments', 'already-completed', []],
    ['opportunities', 'already-completed', []],
  ]);
  const { rows } = await database.query(`select to_regnamespace('drydock_legacy')::text as schema`);
  expect(rows).toEqual([{ schema: null }]);
});
