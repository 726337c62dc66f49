import { expect, onTestFinished, test } from 'vitest';
import { complete, rollback, sync, verify } from '../../src/index.js';
import { asAdmin, quoted } from '../support/admin.js';
import type { TestDatabase } from '../support/database.js';
import { needsServer } from '../support/version.js';
import { cutOver, inHarbour } from './at-sea.js';

const ROLES = ['owner', 'reader', 'columns', 'tenant', 'stranger'] as const;
const READ_MOVED = 'read the moved table';

/** Roles of the test's own, quoted, by what they are for. */
async function roles(database: TestDatabase): Promise<Readonly<Record<(typeof ROLES)[number], string>>> {
  const names = Object.fromEntries(
    ROLES.map((role) => [role, quoted(`${database.name}_${role}`.slice(-63))]),
  ) as Record<(typeof ROLES)[number], string>;
  for (const name of Object.values(names)) await asAdmin((admin) => admin.query(`create role ${name}`));
  onTestFinished(async () => {
    for (const name of Object.values(names)) {
      await database.query(`reassign owned by ${name} to current_user; drop owned by ${name} cascade`);
      await asAdmin((admin) => admin.query(`drop role ${name}`));
    }
  });
  return names;
}

const STATEMENTS = {
  'rows seen': 'select count(*)::int as n from opportunities',
  'one column': 'select count(status)::int as n from opportunities',
  'whole rows': 'select count(o)::int as n from opportunities o',
  insert: `insert into opportunities (problem_statement, source_subreddit) values ('by a role', 'mine')`,
  'insert as another': `insert into opportunities (problem_statement, source_subreddit) values ('by a role', 'theirs')`,
  update: `update opportunities set market_segment = 'changed'`,
  'move away': `update opportunities set source_subreddit = 'theirs' where source_subreddit = 'mine'`,
  delete: `delete from opportunities where core_function_count = 1`,
  upsert: `insert into opportunities (id, problem_statement, source_subreddit) select id, 'again', 'mine' from opportunities limit 1 on conflict (id) do update set problem_statement = 'again'`,
  [READ_MOVED]: 'select count(*)::int as n from drydock_legacy.opportunities',
  'read the restoring view': 'select count(*)::int as n from opportunities_legacy',
  'read ours': 'select count(*)::int as n from opportunities_unified',
} as const;

/** What each role may do: the rows that a statement gives or touches, or the SQLSTATE. Nothing of it stays. */
async function matrix(
  database: TestDatabase,
  names: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const client = await database.client();
  const found: Record<string, unknown> = {};
  for (const [role, name] of Object.entries(names)) {
    for (const [what, statement] of Object.entries(STATEMENTS)) {
      await client.query('begin');
      await client.query(`set local role ${name}`);
      try {
        const { rowCount, rows } = await client.query(statement);
        found[`${role}: ${what}`] = rows[0]?.n ?? rowCount;
      } catch (error) {
        found[`${role}: ${what}`] = (error as { code: string }).code;
      }
      await client.query('rollback');
    }
  }
  return found;
}

const SET_UP = (names: Readonly<Record<string, string>>) => `
  update opportunities set source_subreddit = case when core_function_count > 1 then 'mine' else 'theirs' end;
  update opportunities set source_subreddit = 'mine' where id in (select id from opportunities where core_function_count = 1 limit 2);
  grant usage on schema public to public;
  grant usage, create on schema public to ${names.owner};
  alter table opportunities owner to ${names.owner};
  grant select on opportunities to ${names.reader} with grant option;
  grant select, insert, update, delete on opportunities to ${names.tenant};
  comment on table opportunities is 'Ours, since 2019';
  comment on column opportunities.status is 'Where it stands'`;

test('under row-level security each role sees and may write the same before, during and after', async () => {
  needsServer(15, 'views with the rights of their reader');
  const database = await inHarbour('B');
  const names = await roles(database);
  await database.query(SET_UP(names));
  await database.query(
    `alter table opportunities enable row level security;
     create policy tenants on opportunities to ${names.tenant} using (source_subreddit = 'mine') with check (source_subreddit = 'mine');
     create policy readers on opportunities for select to ${names.reader} using (true)`,
  );
  const before = await matrix(database, names);
  // The roles do differ, or the comparison would say nothing.
  expect(
    new Set(ROLES.map((role) => JSON.stringify(before[`${role}: rows seen`]))).size,
  ).toBeGreaterThanOrEqual(3);
  expect(before['tenant: insert as another']).toBe('42501');
  await sync({ databaseUrl: database.url });
  await cutOver(database, ['opportunities']);
  expect(await matrix(database, names)).toEqual({ ...before, ...movedIsClosed(before) });
  const { rows } = await database.query(
    `select obj_description('opportunities'::regclass) as comment, col_description('opportunities'::regclass, 5) as status,
       pg_get_userbyid(relowner) = $1 as owned, relkind from pg_class where oid = 'opportunities'::regclass`,
    [names.owner.replaceAll('"', '')],
  );
  expect(rows).toEqual([
    { comment: 'Ours, since 2019', status: 'Where it stands', owned: true, relkind: 'v' },
  ]);
  await rollback({ databaseUrl: database.url, phases: ['opportunities'] });
  expect(await matrix(database, names)).toEqual(before);

  // Rights to single columns on top of it: a view can keep only one of the two.
  await database.query(`grant select (id, status) on opportunities to ${names.columns}`);
  const { phases } = await cutOver(database, ['opportunities']);
  expect(phases).toMatchObject([{ outcome: 'refused' }]);
  expect(phases[0]?.findings.filter(({ verdict }) => verdict === 'stops')).toMatchObject([
    { code: 'column-rights' },
  ]);
});

test('rights to single columns are the same before, during and after', async () => {
  const database = await inHarbour('B');
  const names = await roles(database);
  await database.query(SET_UP(names));
  await database.query(
    `grant select (id, status), update (market_segment) on opportunities to ${names.columns}`,
  );
  const before = await matrix(database, names);
  expect(before['columns: whole rows']).toBe('42501');
  await sync({ databaseUrl: database.url });
  await cutOver(database, ['opportunities']);
  expect(await matrix(database, names)).toEqual({ ...before, ...movedIsClosed(before) });
  await rollback({ databaseUrl: database.url, phases: ['opportunities'] });
  expect(await matrix(database, names)).toEqual(before);
  expect(await verify({ databaseUrl: database.url, phases: ['opportunities'] })).toMatchObject({
    equal: true,
  });

  // Completed, the view goes on belonging to the owner of the legacy table, who is not whom our tables belong to.
  await cutOver(database);
  await complete({ databaseUrl: database.url });
  expect(reads(await matrix(database, names))).toEqual(reads(before));
});

/** What each role reads under the old name. */
function reads(found: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(found).filter(([what]) => /: (rows seen|one column|whole rows)$/.test(what)),
  );
}

/** The schema is there now, and nobody but the owners of its tables may look into it. */
function movedIsClosed(before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    ROLES.map((role) => [`${role}: ${READ_MOVED}`, role === 'owner' ? before['owner: rows seen'] : '42501']),
  );
}
