import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHAPE_A } from '../../fixtures/mixture.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import { backup, rollbackFully } from '../../src/index.js';
import { workDirectory } from '../backup/place.js';
import { hashes } from '../fixtures/filled.js';
import { createTestDatabase } from '../support/database.js';
import { isServer } from '../support/version.js';

const id = (n: number) => `'00000000-0000-4000-8000-00000000000${n}'`;

/** A database with some rows of which a backup was taken. */
async function saved(statements: readonly string[]) {
  const database = await createTestDatabase('awkward_rows');
  const client = await database.client();
  await createLegacySchema(client, { ...SHAPE_A, appOpportunities: 'dlt' });
  for (const statement of statements) await client.query(statement);
  const from = join(workDirectory(), 'backup');
  await backup({ databaseUrl: database.url, to: from });
  const textOf = async (table: string) => {
    const { rows } = await database.query<{ row: string }>(
      `select t::text as row from ${table} t order by 1`,
    );
    return rows.map(({ row }) => row);
  };
  return { database, textOf, goBack: () => rollbackFully({ databaseUrl: database.url, from, patience: 20 }) };
}

test('rows in circles, of generated values, under other keys come back, and nothing of other tables goes along', async () => {
  const { database, textOf, goBack } = await saved([
    `alter table opportunities add column parent uuid references opportunities on delete set null,
       add column best uuid, add column serial_no int generated always as identity,
       add column letters int generated always as (length(title)) stored not null`,
    `alter table market_validations add column about uuid references opportunities on delete cascade`,
    `alter table opportunities add constraint best_of foreign key (best) references market_validations on delete set null`,
    ...(isServer(18)
      ? [`alter table opportunities add foreign key (best) references market_validations not enforced`]
      : []),
    `create table owners (id uuid primary key) partition by hash (id)`,
    `create table some_owners partition of owners for values with (modulus 2, remainder 0)`,
    `create table other_owners partition of owners for values with (modulus 2, remainder 1)`,
    `alter table opportunities add column owner uuid references owners`,
    `comment on constraint best_of on opportunities is 'in a circle'`,
    `alter table app_opportunities alter column _dlt_id set not null, add unique (_dlt_id)`,
    `create table feedback (dlt_id varchar references app_opportunities (_dlt_id) on delete cascade)`,
    `create table leaves (validation uuid references market_validations on delete cascade)`,
    `insert into submissions (id, reddit_id, title) values (${id(1)}, 'gone', 'gone')`,
    `insert into owners values (${id(7)})`,
    `insert into opportunities (id, title, submission_id, owner) values (${id(2)}, 'parent', ${id(1)}, ${id(7)})`,
    `insert into opportunities (id, title, parent) values (${id(3)}, 'child', ${id(2)})`,
    `insert into market_validations (id, opportunity_id, about, validation_type) values (${id(4)}, ${id(3)}, ${id(3)}, 'a'), (${id(5)}, ${id(3)}, null, 'b')`,
    `update opportunities set best = ${id(5)} where id = ${id(3)}`,
    `insert into app_opportunities (submission_id, _dlt_id, _dlt_load_id, title) values ('s', 'd1', 'l', 'first'), ('s', 'd2', 'l', 'second')`,
    `insert into feedback values ('d1')`,
    `insert into leaves values (${id(4)})`,
  ]);
  const before = { rows: await hashes(database, 'public'), feedback: await textOf('feedback') };
  const leaves = await textOf('leaves');
  await database.query(
    `update app_opportunities set title = 'other' where _dlt_id = 'd1';
     delete from app_opportunities where _dlt_id = 'd2';
     delete from opportunities where title = 'parent';
     update opportunities set title = 'grown' where title = 'child';
     delete from market_validations where validation_type = 'b';
     delete from submissions; delete from owners;
     insert into opportunities (id, title) values (${id(6)}, 'later');
     update market_validations set about = ${id(6)}`,
  );
  const report = await goBack();
  expect(report.differences).toEqual([]);
  const left = (column: string) =>
    `Foreign key opportunities_${column}_fkey of "public"."opportunities" is not validated: some of its rows name what is not there.`;
  expect(report.warnings).toEqual([left('owner'), left('submission_id')]);
  const isAnothers = (table: string) => /submissions$|owners$/.test(table);
  const rows = Object.fromEntries(Object.entries(before.rows).filter(([table]) => !isAnothers(table)));
  expect(await hashes(database, 'public')).toMatchObject(rows);
  expect([await textOf('feedback'), await textOf('leaves')]).toEqual([before.feedback, leaves]);
  const { rows: facts } = await database.query(
    `select obj_description(c.oid, 'pg_constraint') as comment, convalidated,
       (select attidentity from pg_attribute where attrelid = 'opportunities'::regclass and attname = 'serial_no') as identity
     from pg_constraint c where conname = 'best_of'`,
  );
  expect(facts).toEqual([{ comment: 'in a circle', convalidated: true, identity: 'a' }]);
});

test('what would take rows of others along, or is not taken back by the table, is refused by name', async () => {
  const { database, textOf, goBack } = await saved([
    `alter table app_opportunities add column no int unique`,
    `create table feedback (app_no int references app_opportunities (no) on delete cascade)`,
    `alter table market_validations add column place int unique`,
    `alter table opportunities add column code text unique`,
    `create table notes (code text references opportunities (code) on update cascade)`,
    `insert into opportunities (id, title, code) values (${id(1)}, 'one', 'a')`,
    `insert into market_validations (id, opportunity_id, validation_type, place) values (${id(2)}, ${id(1)}, 'a', 1), (${id(3)}, ${id(1)}, 'b', 2)`,
    `insert into app_opportunities (submission_id, _dlt_id, _dlt_load_id, no) values ('s', 'd1', 'l', 1)`,
    `insert into feedback values (1)`,
  ]);
  await database.query(
    `update app_opportunities set title = 'other'; update opportunities set code = 'b'; insert into notes values ('b')`,
  );
  await expect(goBack()).rejects.toMatchObject({
    code: 'rows-of-others',
    message: expect.stringMatching(/1 of public\.notes \(by opportunities\).*1 of public\.feedback/),
  });
  expect([await textOf('feedback'), await textOf('notes')]).toEqual([['(1)'], ['(b)']]);
  await database.query(
    `delete from notes; update opportunities set code = 'a';
     update app_opportunities set title = null;
     update market_validations set place = 3 where place = 1; update market_validations set place = 1 where place = 2;
     update market_validations set place = 2 where place = 3`,
  );
  await expect(goBack()).rejects.toMatchObject({
    code: 'rows-refused',
    message: expect.stringContaining('market_validations_place_key'),
  });
});
