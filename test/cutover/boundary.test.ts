import { expect, onTestFinished, test } from 'vitest';
import { cutover, plan, rollback, sync, UNIFYING_PHASES, verify } from '../../src/index.js';
import { asAdmin, quoted } from '../support/admin.js';
import type { TestDatabase } from '../support/database.js';
import { cutOver, inHarbour } from './at-sea.js';

const ROLES = ['owner', 'other', 'trigger', 'app'] as const;
type Role = (typeof ROLES)[number];

/** Roles of the test's own, quoted, by what they are for; none of them is more than it says. */
async function rolesOf(database: TestDatabase): Promise<Readonly<Record<Role, string>>> {
  const names = Object.fromEntries(
    ROLES.map((role) => [role, quoted(`${database.name}_${role}`.slice(-63))]),
  ) as Record<Role, string>;
  await asAdmin((admin) =>
    admin.query(
      Object.values(names)
        .map((name) => `create role ${name}`)
        .join('; '),
    ),
  );
  onTestFinished(async () => {
    for (const name of Object.values(names)) {
      await database.query(`reassign owned by ${name} to current_user; drop owned by ${name} cascade`);
      await asAdmin((admin) => admin.query(`drop role ${name}`));
    }
  });
  return names;
}

/** A function of the owner's that looks harmless, and writes down who runs it. */
const spy = (door: string, argument: string, returns: string, result: string) => `
  create function spy.${door}(${argument}) returns ${returns} language plpgsql immutable as $$ begin perform spy.note('${door}'); return ${result}; end $$;`;

/** Every kind of code that hangs on a table, of its owner and of a role that may only put triggers on it. */
const plant = ({ owner, other, trigger, app }: Readonly<Record<Role, string>>) => `
  revoke create on schema public from public;
  grant usage on schema public to public;
  create schema spy;
  grant usage on schema spy to public;
  grant create on schema spy, public to ${owner}, ${other}, ${trigger};
  create table spy.seen (door text, who text);
  grant insert on spy.seen to public;
  create function spy.note(door text) returns void language plpgsql as $$ begin
    if current_setting('transaction_read_only') = 'off' then insert into spy.seen values (door, current_user); end if;
  end $$;
  alter table opportunities owner to ${owner};
  alter table workflow_results owner to ${owner};
  alter table app_opportunities owner to ${other};
  alter table submissions owner to ${other};
  grant select, insert, update, delete, trigger on opportunities to ${trigger}, ${app};
  grant select, insert, update, delete on app_opportunities, workflow_results, submissions to ${app};
  set role ${other};
  ${spy('other_default', '', 'text', `'d'`)}
  ${spy('other_check', 'v numeric', 'boolean', 'true')}
  ${spy('submissions_predicate', 'n int', 'boolean', 'true')}
  alter table app_opportunities alter notes set default spy.other_default(), add check (spy.other_check(trust_score));
  create index on submissions (id) where spy.submissions_predicate(1);
  set role ${owner};
  ${spy('domain', 'v text', 'boolean', 'true')}
  ${spy('golden_domain', 'v text', 'boolean', 'true')}
  ${spy('checked', 'v text', 'boolean', 'true')}
  ${spy('defaulted', '', 'text', `'d'`)}
  ${spy('indexed', 'v text', 'text', 'v')}
  ${spy('predicate', 'n int', 'boolean', 'true')}
  ${spy('generated', 'v text', 'text', 'v')}
  create domain spy.solution as text check (spy.domain(value));
  create domain spy.app_name as varchar(255) check (spy.golden_domain(value));
  create type spy.mood as enum ('calm', 'keen');
  create function spy.mood_text(m spy.mood) returns text language plpgsql immutable as $$ begin perform spy.note('cast'); return format('%s', m); end $$;
  alter table opportunities alter proposed_solution type spy.solution, alter app_name type spy.app_name,
    add constraint spied check (spy.checked(app_name)), alter market_segment set default spy.defaulted(),
    add column mood spy.mood default 'calm', add column shout text generated always as (spy.generated(problem_statement)) stored;
  create index on opportunities (spy.indexed(app_name));
  create index on opportunities (id) where spy.predicate(1);
  set role ${trigger};
  create function spy.fired() returns trigger language plpgsql as $$ begin perform spy.note('trigger'); return coalesce(new, old); end $$;
  create trigger planted before insert or update or delete on opportunities for each row execute function spy.fired();
  reset role`;

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

const UNSEEN = `with gone as (delete from spy.seen returning door, who) select distinct door, who from gone order by 1, 2`;

test('what others hang on a legacy table never runs with more rights than those of its owner', async () => {
  const database = await inHarbour('B');
  const roles = await rolesOf(database);
  const name = (role: Role) => roles[role].replaceAll('"', '');
  await rollback({ databaseUrl: database.url });
  await database.query(plant(roles));
  const { run } = await import('../support/unifying.js');
  await run({ databaseUrl: database.url, batchSize: 200 });

  const app = await database.client();
  await app.query(`set role ${roles.app}`);
  const seen = async (statements: readonly string[]) => {
    await database.query('delete from spy.seen');
    for (const statement of statements) await app.query(statement);
    const { rows } = await database.query<{ door: string; who: string }>(UNSEEN);
    return rows.map(({ door, who }) => `${door} ${who}`);
  };
  const underOldName = [
    `insert into opportunities (problem_statement, app_name, proposed_solution) values ('old name', 'a', 's')`,
    `update opportunities set app_name = 'b', proposed_solution = 't' where problem_statement = 'old name'`,
    `select count(*) from opportunities where app_name = 'b'`,
    `delete from opportunities where problem_statement = 'old name'`,
  ];
  const ofOwner = DOORS.filter((door) => !/^(cast|other|submissions)/.test(door));
  const asApp = ofOwner.map((door) => `${door} ${name('app')}`);
  expect(await seen(underOldName)).toEqual(asApp);

  const { warnings } = await plan({ databaseUrl: database.url });
  expect(warnings.filter((warning) => /spy\.predicate/.test(warning))).toHaveLength(1);
  const dry = await cutover({
    databaseUrl: database.url,
    phases: ['opportunities'],
    dryRun: true,
    noBackup: true,
  });
  const named = dry.phases
    .flatMap(({ findings }) => findings)
    .filter(({ code }) => code.startsWith('untrusted'));
  expect(named.map(({ why }) => why).join('\n')).toContain(name('trigger'));

  await cutOver(database);
  expect(await seen(underOldName)).toEqual(asApp);

  await database.query(
    `grant select, insert, update, delete on opportunities_unified, opportunity_duplicates to ${roles.app};
     insert into submissions (id, submission_id, title) values ('00000000-0000-4000-8000-000000000001', 'spied1', 'a title')`,
  );
  await database.query(
    `grant usage on schema spy to public; set role ${roles.owner}; create cast (spy.mood as text) with function spy.mood_text(spy.mood); reset role`,
  );
  const direct = [
    `insert into opportunities_unified (submission_id, problem_statement, app_name, proposed_solution) values ('00000000-0000-4000-8000-000000000001', 'direct', 'a', 's')`,
    `update opportunities_unified set from_app_opportunities = true, app_concept = 'c', core_functions = '["one"]', value_proposition = 'v', target_user = 't', monetization_model = 'm', trust_score = 5 where problem_statement = 'direct'`,
    `update opportunities_unified set app_name = 'b', trust_score = 6, opportunity_mood = 'keen', proposed_solution = 'u' where problem_statement = 'direct'`,
    `delete from opportunities_unified where problem_statement = 'direct'`,
  ];
  expect(await seen(direct)).toEqual(
    DOORS.map((door) => `${door} ${name(/^(other|submissions)/.test(door) ? 'other' : 'owner')}`),
  );
  await sync({ databaseUrl: database.url });
  expect(await verify({ databaseUrl: database.url, phases: UNIFYING_PHASES })).toMatchObject({ equal: true });
  await rollback({ databaseUrl: database.url, phases: UNIFYING_PHASES });
  expect(await seen(underOldName)).toEqual(asApp);
});
