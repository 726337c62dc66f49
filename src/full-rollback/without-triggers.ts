import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { Staged } from './rows.js';

const ENABLED: Readonly<Record<string, string>> = { O: 'enable', A: 'enable always', R: 'enable replica' };

/** Does work while the applications' own triggers on the tables rest: they would change what is put back. */
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
  }
  await work();
  // Checks of foreign keys that wait for the commit would keep the table from being altered.
  await session.execute('set constraints all immediate');
  for (const statement of awake) await session.execute(statement);
}
