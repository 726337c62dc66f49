import { onTestFinished } from 'vitest';
import { asAdmin, quoted } from '../support/admin.js';
import type { TestDatabase } from '../support/database.js';

const ROLES = ['owner', 'other', 'trigger', 'app'] as const;
export type Role = (typeof ROLES)[number];

/** Roles of the test's own, quoted, by what they are for; none of them is more than it says. */
export async function rolesOf(database: TestDatabase): Promise<Readonly<Record<Role, string>>> {
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
export const plant = ({ owner, other, trigger, app }: Readonly<Record<Role, string>>) => `
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

/** The doors that were opened since they were last asked for, and who ran what is behind them. */
export async function seen(database: TestDatabase): Promise<string[]> {
  const { rows } = await database.query<{ door: string; who: string }>(
    'with gone as (delete from spy.seen returning door, who) select distinct door, who from gone order by 1, 2',
  );
  return rows.map(({ door, who }) => `${door} ${who}`);
}
