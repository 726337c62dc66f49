import { ident, qualified } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { disown, intend, own, readObjects } from './objects.js';

/** An index on a table that others are using. */
export interface ConcurrentIndex {
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  /** What stands behind `on table`. */
  readonly on: string;
  readonly isUnique?: boolean;
}

/**
 * Builds an index without keeping writers out, unless it is there; gives whether it had to. What an attempt that
 * failed has left, an index that is kept up and never used, is dropped first.
 *
 * The ledger is told before the build begins, because no transaction can hold it: after a kill the index is known as
 * ours, finished or not.
 */
export async function buildConcurrently(
  session: Session,
  phaseId: number,
  index: ConcurrentIndex,
  signal?: AbortSignal,
): Promise<boolean> {
  const { schema, name } = index;
  return withRetry(
    async () => {
      const found = await findIndex(session, index);
      const object = (await readObjects(session, phaseId)).find(
        (one) => one.kind === 'index' && one.schema === schema && one.name === name,
      );
      if (found !== undefined && (object === undefined || !found.onTable)) throw foreignIndex(index);
      if (found?.valid === true && object?.oid === found.oid) return false;
      if (found === undefined || !found.valid) {
        if (object === undefined) await intend(session, phaseId, { kind: 'index', schema, name });
        await withoutLockTimeout(session, async () => {
          if (found !== undefined)
            await session.execute(`drop index concurrently ${qualified(schema, name)}`);
          await session.execute(
            `create ${index.isUnique === true ? 'unique ' : ''}index concurrently ${ident(name)} on ${qualified(schema, index.table)} ${index.on}`,
          );
        });
      }
      await session.transaction(() => own(session, phaseId, 'index', schema, name));
      return true;
    },
    { signal },
  );
}

/** Drops such an index, and what the ledger knows of it. */
export async function dropConcurrently(
  session: Session,
  phaseId: number,
  { schema, name }: ConcurrentIndex,
): Promise<void> {
  await session.execute(`drop index concurrently if exists ${qualified(schema, name)}`);
  await disown(session, phaseId, { kind: 'index', schema, name });
}

async function findIndex(
  session: Session,
  { schema, name, table }: ConcurrentIndex,
): Promise<{ readonly oid: string; readonly valid: boolean; readonly onTable: boolean } | undefined> {
  const [row] = await session.query(
    `select c.oid::text as oid, (i.indisvalid and i.indisready)::text as valid, (t.relname = $3::text)::text as on_table
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     left join pg_index i on i.indexrelid = c.oid left join pg_class t on t.oid = i.indrelid
     where n.nspname = $1::text and c.relname = $2::text`,
    [schema, name, table],
  );
  if (row === undefined) return undefined;
  return { oid: String(row.oid), valid: row.valid === 'true', onTable: row.on_table === 'true' };
}

/**
 * Such a build waits for every older transaction of the database, and its lock lets both readers and writers pass:
 * nobody queues behind it, so there is no reason to give up.
 */
async function withoutLockTimeout(session: Session, work: () => Promise<void>): Promise<void> {
  const { before } = await session.one(
    `select current_setting('lock_timeout') as before, set_config('lock_timeout', '0', false) as now`,
  );
  try {
    await work();
  } finally {
    const again = `select set_config('lock_timeout', $1::text, false)`;
    await session.query(again, [String(before)]).catch(() => undefined);
  }
}

function foreignIndex({ schema, name }: ConcurrentIndex): DrydockError {
  return new DrydockError({
    code: 'foreign-object',
    what: `There is a "${name}" in schema "${schema}" that Drydock did not make.`,
    state: 'What was made before is in place; the legacy tables are as they were.',
    next: 'Rename it or drop it: Drydock never touches what it did not make.',
  });
}
