import { RewrittenError } from './rewritten.js';

/**
 * To rewrite a table is not MVCC-safe: ALTER TABLE, TRUNCATE, pg_repack and REPACK CONCURRENTLY store all rows anew, as
 * of their own transaction, and a snapshot from before it sees none of them. A transaction that goes by one snapshot has
 * to make sure, before anybody uses what it read, that nothing of it was rewritten between its snapshot and its first
 * look at the table; after that look its own lock keeps rewrites out until it ends.
 *
 * What it has read are the relations that it holds locks on: partitions, the tables behind a view and the ledger's too,
 * whoever named them. `pg_class` shows where the snapshot expects their rows, because an old snapshot sees the row of the
 * catalog as it was; `pg_relation_filenode` shows where they are now. A table that the snapshot does not know was made
 * after it, under a name that it does know; only temporary tables may be younger, where a snapshot was taken over.
 *
 * VACUUM FULL and CLUSTER move rows without harm to a snapshot, and are met here all the same.
 */
const REWRITTEN = `select l.relation::regclass::text as name
  from pg_locks l left join pg_class c on c.oid = l.relation
  left join lateral pg_identify_object('pg_class'::regclass, l.relation, 0) i on c.oid is null
  where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.relation >= 16384
    and (c.relkind in ('r', 'm') and c.relfilenode <> pg_relation_filenode(l.relation)
      or c.oid is null and i.type in ('table', 'materialized view') and i.schema not like 'pg_temp%')
  order by 1`;

/**
 * Makes sure that nothing that the open transaction has read was rewritten under its snapshot. Wants a transaction at
 * repeatable read that has not failed.
 *
 * @throws RewrittenError
 */
export async function requireUnrewritten(session: {
  query(sql: string): Promise<readonly Readonly<Record<string, string | null>>[]>;
}): Promise<void> {
  const rows = await session.query(REWRITTEN);
  if (rows.length > 0) throw new RewrittenError(rows.map(({ name }) => String(name)));
}
