import { LOCK_PATIENCE } from '../capture/patience.js';
import { operator } from '../context/operator.js';
import { catalogDifferences } from '../db/catalog-differences.js';
import type { Cleanup } from '../db/cleanup.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { isRetryable } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { ensureGuard, wakeGuard } from '../guard/guard.js';
import { readCutoverCatalog, recordTurn } from '../ledger/cutovers.js';
import { forgetMoved } from '../ledger/moved.js';
import { lockState, moveState } from '../ledger/phases.js';
import type { TableName } from '../legacy/catalog.js';
import { targetsOf } from '../mapping/targets.js';
import { readOldNames } from '../old-names/picture.js';
import type { Reverted } from '../reports/rollback.js';
import { asPrintedNow } from './as-printed-now.js';
import { readCatalog } from './catalog.js';
import { openCatchUp } from './catch-up.js';
import { dropLegacySchemaIfEmpty } from './legacy-schema.js';
import { underLocks } from './locks.js';
import { moveBack } from './old-names.js';
import { carryOver, requireCarried, requireOurViews } from './our-views.js';
import { proveAhead, requireEqual } from './require-equal.js';
import { dropReverseTriggers, stopReverseTriggers } from './reverse/install.js';
import { inLockOrder, legacyLocks, unifiedLocks, viewLocks } from './swap.js';
import type { Turn } from './turn.js';

const STATE = 'Nothing of the phase was swapped back: its old names are views as before.';
const WHY = 'going back now could leave something behind';

/**
 * Gives the legacy tables their names back, with everything that was written since the cutover, to whichever side. The
 * legacy tables have all of it already; that is proven first. The phase is in sync again afterwards.
 */
export async function revert(turn: Turn, cleanup: Cleanup): Promise<Reverted> {
  const { context, phase, phaseId, patienceMs, longWaitMs } = turn;
  const session = await context.connector.open(cleanup);
  const targets = targetsOf(phase);
  const tables = inLockOrder(phase);
  const names = tables.map((table) => `${table.home}.${table.name}`);
  await requireOurViews(session, turn);
  await ensureGuard(session, phase, 'asleep');
  const catchUp = await openCatchUp(turn, session);
  await catchUp.ahead(patienceMs);
  await requireEqual(turn, STATE, WHY);
  const {
    result: { drained, ...rest },
    ...times
  } = await underLocks(
    session,
    [...unifiedLocks(targets, 'access exclusive'), ...viewLocks(tables), ...legacyLocks(tables)],
    { patienceMs, longWaitMs, signal: context.signal, state: STATE, before: catchUp.rehearse },
    async () => {
      if ((await lockState(session, phaseId)) !== 'cut-over') throw changed();
      const drained = await catchUp.within();
      // Read behind the locks: until now somebody may have altered the views.
      const oldNames = await readOldNames(session, phaseId);
      requireCarried(phase, oldNames);
      const { carried, before, after } = carryOver(oldNames);
      const statements = [...before, ...tables.flatMap(moveBack), ...after, ...wakeGuard(targets)];
      await session.execute(statements.join(';\n'));
      await stopReverseTriggers(session, targets);
      await forgetMoved(session, phaseId);
      await moveState(session, phaseId, 'in-sync');
      await recordTurn(session, {
        schema: context.schema,
        phase: phase.name,
        kind: 'reverted',
        operator: operator(),
        detail: names.join(', '),
      });
      return { drained, carried };
    },
  );
  await clearAway(session, [targets.unified, targets.folded], context.signal);
  const before = await readCutoverCatalog(session, phaseId);
  const now = await readCatalog(session, tables);
  return {
    swap: { ...times, drained },
    tables: names,
    carried: rest.carried,
    catalogDifferences:
      before === null ? [] : catalogDifferences(await asPrintedNow(session, before, now), now),
  };
}

/** Compares both sides of one of several phases, before the first one gets its names back. */
export function proveRevert(session: Session, turn: Turn): Promise<void> {
  return proveAhead(session, turn, STATE, WHY);
}

/** What is of no use any more. Where others do not let us, it sleeps on, until the next cutover takes it or the tables go. */
export async function clearAway(
  session: Session,
  tables: readonly TableName[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await session.transaction(() => dropLegacySchemaIfEmpty(session));
  const once = () =>
    session.transaction(async () => {
      await session.execute(`set local lock_timeout = '${LOCK_PATIENCE}'`);
      await dropReverseTriggers(session, tables);
    });
  await withRetry(once, { signal }).catch((error: unknown) => {
    if (!isRetryable(error)) throw error;
  });
}

function changed(): DrydockError {
  return new DrydockError({
    code: 'state-changed',
    what: 'The phase is not cut over any more.',
    state: STATE,
    next: 'Look at drydock status.',
  });
}
