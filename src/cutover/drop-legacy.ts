import { qualified } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { bookDropped } from '../ledger/moved.js';
import type { Phase } from '../phases/phase.js';
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
  await withRetry(() =>
    session.transaction(async () => {
      await session.execute(
        `drop table ${tables.map(({ schema, name }) => qualified(schema, name)).join(', ')}`,
      );
      await bookDropped(session, phaseId);
      await dropLegacySchemaIfEmpty(session);
    }),
  );
  return tables.map(({ schema, name }) => `${schema}.${name}`);
}
