import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { Staged } from './staged.js';

const ENABLED: Readonly<Record<string, string>> = { O: 'enable', A: 'enable always', R: 'enable replica' };

/**
 * Does work while the applications' own triggers on the tables rest, which would change what is put back, while policies
 * hold for no owner, and while identities take the values that they are given, which those that are always generated refuse to an update.
 */
export async function withoutTriggers(
  session: Session,
  tables: readonly Pick<Staged, 'table'>[],
  work: () => Promise<void>,
): Promise<void> {
  const awake: string[] = [];
  for (const { table } of tables) {
    const triggers = await session.query(
      `select t.tgname as name, t.tgenabled as enabled from pg_trigger t
       where t.tgrelid = $1::text::regclass and not t.tgisinternal and t.tgenabled <> 'D'`,
      [table],
    );
    for (const { name, enabled } of triggers) {
      await session.execute(`alter table ${table} disable trigger ${ident(String(name))}`);
      awake.push(`alter table ${table} ${ENABLED[String(enabled)]} trigger ${ident(String(name))}`);
    }
    const { forced } = await session.one(
      'select relforcerowsecurity::text as forced from pg_class where oid = $1::text::regclass',
      [table],
    );
    // The owner brings the rows, and has to see all of them.
    if (forced === 'true') {
      await session.execute(`alter table ${table} no force row level security`);
      awake.push(`alter table ${table} force row level security`);
    }
    const identities = await session.query(
      `select a.attname as name from pg_attribute a
       where a.attrelid = $1::text::regclass and a.attidentity = 'a' and a.attnum > 0 and not a.attisdropped`,
      [table],
    );
    for (const { name } of identities) {
      const alter = `alter table ${table} alter column ${ident(String(name))} set generated`;
      await session.execute(`${alter} by default`);
      awake.push(`${alter} always`);
    }
  }
  await work();
  // Checks of foreign keys that wait for the commit would keep the table from being altered.
  await session.execute('set constraints all immediate');
  for (const statement of awake) await session.execute(statement);
}
