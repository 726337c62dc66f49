import { qualified } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { type PostgresError, sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { bookDropped } from '../ledger/moved.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';
import type { Phase } from '../mapping/phase.js';
import { dropLegacySchemaIfEmpty } from './legacy-schema.js';
import { inLockOrder } from './swap.js';

/** Drops the moved tables of a completed phase, unless that is done; gives their names. */
export async function dropLegacyTables(session: Session, phase: Phase, phaseId: number): Promise<string[]> {
  const { dropped } = await session.one(
    'select bool_and(dropped)::text as dropped from drydock.moved_tables where phase_id = $1::int',
    [phaseId],
  );
  if (dropped === 'true') return [];
  const tables = inLockOrder(phase);
  // Without cascade: whatever else hangs on them stops it.
  try {
    await withRetry(() =>
      session.transaction(async () => {
        await session.execute(
          `drop table ${tables.map(({ schema, name }) => qualified(schema, name)).join(', ')}`,
        );
        await bookDropped(session, phaseId);
        await dropLegacySchemaIfEmpty(session);
      }),
    );
  } catch (error) {
    if (sqlState(error) !== '2BP01') throw error;
    throw stillNeeded(phase, (error as PostgresError).detail ?? (error as Error).message);
  }
  return tables.map(({ schema, name }) => `${schema}.${name}`);
}

/** Looked for before the completion: it came since. */
function stillNeeded({ name }: Phase, what: string): DrydockError {
  return new DrydockError({
    code: 'in-use',
    what: `Something depends on the moved tables of phase ${name}: ${what}`,
    state: `Phase ${name} is completed; its legacy tables are kept in ${LEGACY_SCHEMA}.`,
    next: `Drop or change that object, then: drydock complete --phase ${name} --drop-legacy`,
  });
}
