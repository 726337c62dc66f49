import { expect, test } from 'vitest';
import { cutover, rollback, sync, verify } from '../../src/index.js';
import { quoted } from '../support/admin.js';
import { UNIFYING_PHASES } from '../support/phases.js';
import { cutOver, inHarbour } from './at-sea.js';

/** Names its table as applications do: without a schema. */
const AUDIT = `
  revoke create on schema public from public;
  create table audit_log (at serial primary key, op text, what text);
  create function audit() returns trigger language plpgsql as $$ begin
    insert into audit_log (op, what) values (tg_table_name || ' ' || tg_op, case when tg_op = 'DELETE' then old.problem_statement else new.problem_statement end);
    return null;
  end $$;
  create trigger audited after insert or update or delete on opportunities for each row execute function audit()`;

test('triggers of the legacy tables find their names for a direct write too, where only the owner makes names', async () => {
  const database = await inHarbour('B', AUDIT);
  const target = { databaseUrl: database.url, phases: UNIFYING_PHASES };
  await cutOver(database);
  await database.query(`
    insert into opportunities_unified (problem_statement) values ('direct');
    update opportunities_unified set problem_statement = 'changed' where problem_statement = 'direct';
    delete from opportunities_unified where problem_statement = 'changed';
    insert into opportunities (problem_statement) values ('old name')`);
  expect((await database.query('select op, what from audit_log order by at')).rows).toEqual([
    { op: 'opportunities INSERT', what: 'direct' },
    { op: 'opportunities UPDATE', what: 'changed' },
    { op: 'opportunities DELETE', what: 'changed' },
    { op: 'opportunities INSERT', what: 'old name' },
  ]);
  await sync({ databaseUrl: database.url });
  expect(await verify(target)).toMatchObject({ equal: true });
  await rollback(target);

  // What anybody may create there would run with the rights of the user of Drydock.
  const told = async () =>
    (await cutover({ ...target, dryRun: true, noBackup: true })).phases
      .flatMap(({ findings }) => findings)
      .filter(({ code, object }) => code === 'trigger' && object.endsWith('.audited'))
      .map(({ verdict }) => verdict);
  expect(await told()).toEqual(['carried']);
  await database.query('grant create on schema public to public');
  expect(await told()).toEqual(['warned']);
  // What others made while they might stays when they may not any more.
  await database.query(`create function public.lower(varchar) returns text language sql as 'select $1'`);
  await database.query('revoke create on schema public from public');
  expect(await told()).toEqual(['carried']);
  const stranger = quoted(`${database.name}_stranger`.slice(0, 63));
  await database.query(`create role ${stranger}; alter function public.lower(varchar) owner to ${stranger}`);
  try {
    expect(await told()).toEqual(['warned']);
  } finally {
    await database.query(`drop function public.lower(varchar); drop role ${stranger}`);
  }
  await database.query('grant create on schema public to public');
  await cutOver(database);
  await expect(
    database.query(`insert into opportunities_unified (problem_statement) values ('direct')`),
  ).rejects.toMatchObject({ code: '42P01' });
  await database.query('alter function audit() set search_path = public');
  await database.query(`insert into opportunities_unified (problem_statement) values ('direct')`);
});
