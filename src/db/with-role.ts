import { ident } from './identifier.js';
import type { Session } from './session.js';

/**
 * Does work with the rights of another role, in a transaction of the caller's. Where the work fails, so has the
 * transaction, and with its rollback the role is the session's own again.
 */
export async function withRole<T>(session: Session, role: string, work: () => Promise<T>): Promise<T> {
  const { role: before } = await session.one(`select current_setting('role') as role`);
  await session.execute(`set local role ${ident(role)}`);
  const result = await work();
  await session.execute(`set local role ${before === 'none' ? 'none' : ident(String(before))}`);
  return result;
}
