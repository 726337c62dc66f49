import type { Session } from '../db/session.js';

/** Empties the server's shared buffers; what the operating system keeps in memory stays. */
export type EmptyBuffers = () => Promise<void>;

/**
 * Where the extension pg_buffercache of PostgreSQL 17 is installed, and its function may be called. It is meant for
 * developers: it is used on a server of our own only, where nobody else pays for it.
 *
 * @returns the reason where it cannot be done
 */
export async function bufferEmptier(session: Session): Promise<EmptyBuffers | string> {
  const [found] = await session.query(
    `select p.oid::regproc::text as evict, quote_ident(n.nspname) as schema
     from pg_extension e join pg_namespace n on n.oid = e.extnamespace
     join pg_proc p on p.pronamespace = n.oid and p.proname = 'pg_buffercache_evict'
     where e.extname = 'pg_buffercache' and has_function_privilege(p.oid, 'execute') and p.pronargs = 1`,
  );
  if (found === undefined)
    return 'shared buffers can be emptied only with pg_buffercache of PostgreSQL 17 or newer, by a superuser';
  return async () => {
    await session.query(
      `select count(${found.schema}.pg_buffercache_evict(bufferid)) from ${found.schema}.pg_buffercache where relfilenode is not null`,
    );
  };
}
