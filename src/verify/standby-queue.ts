import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';

const PATIENCE_MS = 5_000;
const ASK_EVERY_MS = 250;

/**
 * Takes new snapshots on a standby until one shows no change of the phase that waits to be applied. Which keys the
 * changes concern is worked out in temporary tables, and a standby has none.
 *
 * @param reader a reader whose transaction has begun; it keeps the snapshot that shows no change
 * @throws DrydockError `changes-pending`
 */
export async function awaitNothingPending(
  reader: Session,
  { phase, phaseId }: { readonly phase: string; readonly phaseId: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const begin = performance.now();
  for (;;) {
    const { waiting } = await reader.one(
      'select count(*) as waiting from drydock.changes where phase_id = $1::int',
      [phaseId],
    );
    if (waiting === '0') return;
    if (performance.now() - begin > PATIENCE_MS) throw changesPending(phase, String(waiting));
    await reader.rollback();
    await sleep(ASK_EVERY_MS, undefined, { signal });
    await reader.begin('repeatable read', 'read only');
  }
}

function changesPending(phase: string, waiting: string): DrydockError {
  return new DrydockError({
    code: 'changes-pending',
    what: `Phase ${phase}: ${waiting} changes wait to be applied, and a standby, which has no temporary tables, cannot work out which keys they concern.`,
    state: 'Nothing was compared.',
    next: `Apply them on the primary (drydock sync --phase ${phase}) and verify here again, or verify on the primary.`,
  });
}
