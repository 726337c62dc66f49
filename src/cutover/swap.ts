import { operator } from '../context/operator.js';
import type { Cleanup } from '../db/cleanup.js';
import { qualified } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { ensureGuard, ownerOf, restGuard } from '../guard/guard.js';
import { enterCutover, recordTurn } from '../ledger/cutovers.js';
import { enterMoved } from '../ledger/moved.js';
import { lockState, moveState } from '../ledger/phases.js';
import { lockLedger } from '../ledger/schema.js';
import type { LegacyTable } from '../legacy/detect.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';
import { targetsOf } from '../mapping/targets.js';
import { enterPictures } from '../old-names/picture.js';
import { readTrimmings, viewDefaults } from '../old-names/trimmings.js';
import { laterPhases } from '../project/project.js';
import type { Swap } from '../reports/cutover.js';
import { readCatalog } from './catalog.js';
import { openCatchUp } from './catch-up.js';
import { prepareLegacySchema } from './legacy-schema.js';
import { type TableLock, underLocks } from './locks.js';
import { moveAside } from './old-names.js';
import { requireEqual } from './require-equal.js';
import { createSleepingTriggers, prepareReverseCapture, wakeReverseTriggers } from './reverse/install.js';
import type { Turn } from './turn.js';

const STATE = 'Nothing of the phase was swapped: the applications use its legacy tables as before.';

/**
 * The swap: one transaction in which writers wait, what they wrote is applied and proven, the legacy tables move aside,
 * and views take their names. Everything that can be made before is made before. Killed at any point, either all of it
 * is there or nothing is.
 */
export async function swap(turn: Turn, cleanup: Cleanup): Promise<Swap> {
  const { context, phase, phaseId, serverVersion, patienceMs, longWaitMs } = turn;
  const session = await context.connector.open(cleanup);
  const targets = targetsOf(phase);
  const tables = inLockOrder(phase);
  const later = laterPhases(context.project, phase.name).flatMap(
    (name) => context.entries.get(name)?.id ?? [],
  );
  const catalog = await prepare(session, turn, targets, tables, later);
  const catchUp = await openCatchUp(turn, session);
  await catchUp.ahead(patienceMs);
  await requireEqual(turn, STATE, 'what is in the unified tables alone would not be kept');
  const { result, ...times } = await underLocks(
    session,
    [...unifiedLocks(targets, 'share row exclusive'), ...legacyLocks(tables)],
    { patienceMs, longWaitMs, signal: context.signal, state: STATE, before: catchUp.rehearse },
    async () => {
      await requireState(session, phaseId);
      const drained = await catchUp.within();
      await move(session, { turn, targets, tables, serverVersion, catalog });
      return drained;
    },
  );
  return { ...times, drained: result };
}

/** What can be made before anybody has to wait. */
async function prepare(
  session: Session,
  { phase, phaseId }: Turn,
  targets: Targets,
  tables: readonly LegacyTable[],
  later: readonly number[],
): Promise<string> {
  const trimmings = await readTrimmings(session, tables);
  await ensureGuard(session, phase);
  const triggers = await session.transaction(async () => {
    await lockLedger(session);
    await prepareLegacySchema(
      session,
      [...trimmings.values()].map(({ owner }) => owner),
    );
    return prepareReverseCapture(session, phase, targets, { own: phaseId, later });
  });
  // They sleep until the swap: a deleted crosswalk row reaches our tables by its foreign key, while the legacy tables are
  // not yet where the triggers look for them.
  await withRetry(() =>
    session.transaction(async () => {
      await createSleepingTriggers(session, triggers, await ownerOf(session, targets));
    }),
  );
  return readCatalog(session, tables);
}

async function move(
  session: Session,
  made: {
    readonly turn: Turn;
    readonly targets: Targets;
    readonly tables: readonly LegacyTable[];
    readonly serverVersion: number;
    readonly catalog: string;
  },
): Promise<void> {
  const { turn, targets, tables, serverVersion, catalog } = made;
  const { context, phase, phaseId } = turn;
  // Read now: grants may have changed until a moment ago.
  const trimmings = await readTrimmings(session, tables);
  const statements = tables.flatMap((table) => {
    const own = trimmings.get(table.oid);
    return own === undefined ? [] : moveAside(table, own, serverVersion);
  });
  await session.execute([...statements, ...restGuard(targets)].join(';\n'));
  await wakeReverseTriggers(session, targets);
  const moved = await readTrimmings(session, tables);
  const defaults = tables.flatMap(({ oid, home, name }) => {
    const own = moved.get(oid);
    return own === undefined ? [] : viewDefaults(qualified(home, name), own);
  });
  if (defaults.length > 0) await session.execute(defaults.join(';\n'));
  await enterMoved(
    session,
    phaseId,
    tables.map(({ name, home, oid }) => ({ name, home, schema: LEGACY_SCHEMA, oid })),
  );
  await enterPictures(session, phaseId);
  await enterCutover(session, phaseId, catalog);
  await moveState(session, phaseId, 'cut-over');
  await recordTurn(session, {
    schema: context.schema,
    phase: phase.name,
    kind: 'cut-over',
    operator: operator(),
    detail: tables.map(({ name }) => name).join(', '),
  });
}

async function requireState(session: Session, phaseId: number): Promise<void> {
  const state = await lockState(session, phaseId);
  if (state === 'in-sync' || state === 'verified') return;
  throw new DrydockError({
    code: 'state-changed',
    what: `The phase is ${state ?? 'gone'} now; it was in sync a moment ago.`,
    state: STATE,
    next: 'Look at drydock status, and begin again.',
  });
}

/** One order for everybody who locks several of them. */
export function inLockOrder(phase: Phase): LegacyTable[] {
  return phase.bound.sources
    .map(({ table }) => table)
    .sort((a, b) => (a.home + a.name < b.home + b.name ? -1 : 1));
}

/** Our tables: before the legacy ones, as a direct write takes them. To take their triggers away wants them alone. */
export function unifiedLocks(targets: Targets, mode: TableLock['mode']): TableLock[] {
  return [targets.unified, targets.folded].map(({ qualified: name }) => ({ qualified: name, mode }));
}

/** The views under the old names: before the tables that they read, as a statement takes them. */
export function viewLocks(tables: readonly LegacyTable[]): TableLock[] {
  return tables.map((table) => ({ qualified: qualified(table.home, table.name), mode: 'access exclusive' }));
}

/** The legacy tables, where they are now. */
export function legacyLocks(tables: readonly LegacyTable[]): TableLock[] {
  return tables.map((table) => ({
    qualified: qualified(table.schema, table.name),
    mode: 'access exclusive',
  }));
}
