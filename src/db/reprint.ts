import type { Session } from './session.js';
import { sqlState } from './sqlstate.js';

const SCRATCH = 'pg_temp.drydock_reprint';

/**
 * The query of a view as the present server prints it: what another server printed may differ in its spelling. Null
 * where this server does not take it. In a transaction of the caller's; nothing of it is left.
 */
export async function reprint(session: Session, query: string): Promise<string | null> {
  await session.execute('savepoint reprint');
  try {
    await session.execute(`create temporary view drydock_reprint as ${query}`);
    const { printed } = await session.one(`select pg_get_viewdef('${SCRATCH}'::regclass) as printed`);
    return printed ?? null;
  } catch (error) {
    // A name that is not there, or a statement that is none here.
    if (sqlState(error)?.startsWith('42') !== true) throw error;
    return null;
  } finally {
    await session.execute('rollback to savepoint reprint; release savepoint reprint');
  }
}

/** The same over a session that is in no transaction. */
export async function reprintAlone(session: Session, query: string): Promise<string | null> {
  await session.begin();
  try {
    return await reprint(session, query);
  } finally {
    await session.rollback().catch(() => undefined);
  }
}
