import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backup, complete, cutover, plan, rollback, rollbackFully, sync, verify } from '../../src/index.js';
import { workDirectory } from '../backup/place.js';
import { quoted } from '../support/admin.js';
import type { TestDatabase } from '../support/database.js';
import { UNIFYING_PHASES } from '../support/phases.js';
import { prepared } from '../support/prepared.js';
import { createRole } from '../support/role.js';
import { run } from '../support/unifying.js';
import { cutOver, MIXTURES } from './at-sea.js';
import { plant, type Role, rolesOf, seen } from './planted.js';

const PHASES = ['opportunities'] as const;

const DOORS = [
  'cast',
  'checked',
  'defaulted',
  'domain',
  'generated',
  'golden_domain',
  'indexed',
  'other_check',
  'other_default',
  'predicate',
  'submissions_predicate',
  'trigger',
];

/** Those that are opened by reading already. */
const READING = ['cast', 'predicate', 'submissions_predicate'];

const isOther = (door: string) => /^(other|submissions)/.test(door);

/** A database with code planted on its tables, unified. */
async function planted(phases: readonly (typeof UNIFYING_PHASES)[number][] = PHASES): Promise<{
  readonly database: TestDatabase;
  readonly roles: Readonly<Record<Role, string>>;
  readonly name: (role: Role) => string;
}> {
  const database = await prepared({ mixture: MIXTURES.B, submissions: 60, oddShare: 0.05 });
  const roles = await rolesOf(database);
  await database.query(plant(roles));
  await run({ databaseUrl: database.url, batchSize: 200, phases });
  return { database, roles, name: (role) => roles[role].replaceAll('"', '') };
}

const UNDER_OLD_NAME = [
  `insert into opportunities (problem_statement, app_name, proposed_solution) values ('old name', 'a', 's')`,
  `update opportunities set app_name = 'b', proposed_solution = 't' where problem_statement = 'old name'`,
  `select count(*) from opportunities where app_name = 'b'`,
  `delete from opportunities where problem_statement = 'old name'`,
];

const DIRECTLY = [
  `insert into opportunities_unified (submission_id, problem_statement, app_name, proposed_solution) values ('00000000-0000-4000-8000-000000000001', 'direct', 'a', 's')`,
  `update opportunities_unified set from_app_opportunities = true, app_concept = 'c', core_functions = '["one"]', value_proposition = 'v', target_user = 't', monetization_model = 'm', trust_score = 5 where problem_statement = 'direct'`,
  `update opportunities_unified set app_name = 'b', trust_score = 6, opportunity_mood = 'keen', proposed_solution = 'u' where problem_statement = 'direct'`,
  `delete from opportunities_unified where problem_statement = 'direct'`,
];

test('what others hang on a legacy table never runs with more rights than those of its owner', async () => {
  const { database, roles, name } = await planted();
  const databaseUrl = database.url;
  const app = await database.client();
  await app.query(`set role ${roles.app}`);
  const opened = async (statements: readonly string[]) => {
    await seen(database);
    for (const statement of statements) await app.query(statement);
    return seen(database);
  };
  const asApp = DOORS.filter((door) => door !== 'cast' && !isOther(door)).map(
    (door) => `${door} ${name('app')}`,
  );
  expect(await opened(UNDER_OLD_NAME)).toEqual(asApp);

  const { warnings } = await plan({ databaseUrl });
  expect(warnings.filter((warning) => /spy\.predicate/.test(warning))).toHaveLength(1);
  const findings = async () =>
    (await cutover({ databaseUrl, phases: PHASES, dryRun: true, noBackup: true })).phases.flatMap(
      (phase) => phase.findings,
    );
  const told = await findings();
  const of = (code: string) => told.filter((finding) => finding.code === code).map(({ object }) => object);
  expect(of('untrusted-code')).toEqual(['public.opportunities.planted']);
  expect(of('untrusted-trigger-right')).toEqual(['public.opportunities', 'public.opportunities']);
  expect(of('untrusted-reading')).toContain('public.opportunities.opportunities_id_idx');
  await database.query('alter table opportunities force row level security');
  expect((await findings()).filter(({ verdict }) => verdict === 'stops')).toMatchObject([
    { code: 'forced-row-security', object: 'public.opportunities' },
  ]);
  await database.query('alter table opportunities no force row level security');

  await cutOver(database, ['opportunities']);
  expect(await opened(UNDER_OLD_NAME)).toEqual(asApp);
  // Functions change later, and so do types.
  await database.query(
    `grant select, insert, update, delete on opportunities_unified, opportunity_duplicates to ${roles.app};
     insert into submissions (id, submission_id, title) values ('00000000-0000-4000-8000-000000000001', 'spied1', 'a title');
     set role ${roles.owner}; create cast (spy.mood as text) with function spy.mood_text(spy.mood); reset role`,
  );
  expect(await opened(DIRECTLY)).toEqual(
    DOORS.map((door) => `${door} ${name(isOther(door) ? 'other' : 'owner')}`),
  );

  // What belongs to an owner is no way for him to the ledger, nor to anybody's rights.
  const asOwner = await database.client();
  await asOwner.query(`set role ${roles.owner}`);
  for (const statement of [
    'select from drydock.changes',
    'select drydock_reverse.hold_public_opportunities(gen_random_uuid())',
    'alter function drydock_reverse.hold_public_opportunities(uuid) security invoker',
    'create function drydock_reverse.more() returns int language sql as $$ select 1 $$',
  ])
    await expect(asOwner.query(statement), statement).rejects.toMatchObject({ code: '42501' });

  await sync({ databaseUrl, phases: PHASES });
  expect(await verify({ databaseUrl, phases: PHASES })).toMatchObject({ equal: true });
  await rollback({ databaseUrl, phases: PHASES });
  expect(await opened(UNDER_OLD_NAME)).toEqual(asApp);
  const { rows } = await database.query(`select to_regnamespace('drydock_reverse')::text as schema`);
  expect(rows).toEqual([{ schema: null }]);
});

test('a completion and a full rollback write the tables of others with the rights of their owners', async () => {
  const { database, roles, name } = await planted(UNIFYING_PHASES);
  const databaseUrl = database.url;
  await database.query(
    `create table mentions (opportunity_id uuid references opportunities);
     insert into mentions select opportunities_id from opportunity_duplicates where source = 'opportunities';
     alter table mentions owner to ${roles.other};
     grant trigger on mentions to ${roles.trigger};
     set role ${roles.trigger};
     create trigger planted before update on mentions for each row execute function spy.fired();
     reset role`,
  );
  await cutOver(database);
  const directory = join(workDirectory(), 'backup');
  await backup({ databaseUrl, to: directory });
  expect(await readFile(join(directory, 'schema.json'), 'utf8')).not.toContain('drydock_reverse');
  await seen(database);
  const { phases } = await complete({ databaseUrl, phases: UNIFYING_PHASES });
  expect(phases.map(({ repointed }) => repointed > 0)).toContain(true);
  expect((await seen(database)).filter((door) => door.startsWith('trigger'))).toEqual([
    `trigger ${name('other')}`,
  ]);

  await database.query(
    `drop table mentions; update drydock_legacy.opportunities set problem_statement = 'changed', app_name = 'x'`,
  );
  await seen(database);
  await rollbackFully({ databaseUrl, phases: UNIFYING_PHASES, from: directory });
  const written = (await seen(database)).filter((door) => !READING.some((one) => door.startsWith(`${one} `)));
  expect(written).toEqual(
    ['checked', 'domain', 'generated', 'golden_domain', 'indexed'].map((door) => `${door} ${name('owner')}`),
  );
}, 120_000);

test('a role that holds the rights of the owners does the same, and no superuser is needed', async () => {
  const database = await prepared({ mixture: MIXTURES.B, submissions: 60, oddShare: 0.05 });
  const roles = await rolesOf(database);
  const worker = await createRole(database, 'worker');
  await database.query(plant(roles));
  await database.query(
    `do $$ declare t text; begin
       for t in select oid::regclass from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and pg_get_userbyid(relowner) = current_user
       loop execute format('alter table %s owner to ${roles.owner}', t); end loop;
     end $$;
     grant ${roles.owner}, ${roles.other} to ${worker.name};
     grant create on database ${quoted(database.name)} to ${worker.name};
     grant usage, create on schema public to ${worker.name}`,
  );
  const target = { databaseUrl: worker.url, phases: PHASES };
  await run({ databaseUrl: worker.url, batchSize: 200, phases: PHASES });
  const { phases } = await cutover({ ...target, noBackup: true });
  expect(phases.map(({ outcome }) => outcome)).toEqual(['cut-over']);
  await database.query(
    `insert into submissions (id, submission_id, title) values ('00000000-0000-4000-8000-000000000001', 'spied1', 'a title')`,
  );
  await seen(database);
  for (const statement of DIRECTLY) await database.query(statement);
  const who = (await seen(database)).filter((door) => !door.startsWith('submissions'));
  expect(new Set(who.map((door) => door.split(' ')[1]))).toEqual(
    new Set([roles.owner, roles.other].map((role) => role.replaceAll('"', ''))),
  );
  await rollback(target);
  const { rows } = await database.query(
    `select n.nspname as name from pg_namespace n cross join lateral aclexplode(n.nspacl) a where n.nspname like 'drydock%' and a.grantee <> n.nspowner`,
  );
  expect(rows).toEqual([]);
});
