import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenLedger } from '../context/open-ledger.js';
import { operator } from '../context/operator.js';
import { requirePrimary, WRITES } from '../context/standby.js';
import type { Cleanup } from '../db/cleanup.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { awaitTurns } from '../ledger/phases.js';
import { lockLedger } from '../ledger/schema.js';
import type { Command } from '../reports/status.js';
import { describeHolder, findHolder, nameSession, takeLock } from './lock-owner.js';

/** The lock of a schema, held by a session of its own, which is free for small questions meanwhile. */
export interface Lock {
  readonly session: Session;
  readonly backendPid: number;
}

/** A process that was killed holds its lock until its backend has noticed, which is soon. */
const PATIENCE_MS = 3_000;
/** A follower gives it back after each round of a few seconds, or of one long transaction. */
const SYNC_PATIENCE_MS = 30_000;
const ASK_EVERY_MS = 100;

/**
 * Makes this process the only one that changes the schema's phases, until the clean-up. A second one is told who does
 * what, since when.
 */
export async function lockOperator(
  context: Pick<OpenLedger, 'connector' | 'allPhases' | 'phaseNames' | 'schema' | 'signal' | 'report'>,
  command: Command,
  cleanup: Cleanup,
): Promise<Lock> {
  const session = await context.connector.open(cleanup);
  await requirePrimary(session, WRITES[command], 'Nothing was written.');
  const backendPid = await session.backendPid();
  await nameSession(session, command, namedPhases(context), operator());
  if (await takeLockSoon(session, context)) {
    // A killed predecessor's transaction may be making the tables still, or swapping names: what it commits has to be seen.
    const soFar = async () => {
      // Each outside of a transaction: waited for, and not kept.
      await lockLedger(session);
      await awaitTurns(session, context.schema);
    };
    await withRetry(soFar, { signal: context.signal });
    return { session, backendPid };
  }
  const holder = await findHolder(session, context.schema);
  const who = holder === undefined ? 'another process, which has just ended' : describeHolder(holder);
  throw new DrydockError({
    code: 'already-running',
    what: `Drydock is already at work on schema "${context.schema}": ${who}.`,
    state: 'This command changed nothing.',
    next:
      holder?.command === 'run'
        ? 'Wait for it, or stop it; drydock status shows how far it is, drydock pause makes it wait.'
        : 'Wait for it, or stop it; then give the command again.',
  });
}

/** All of the project, or which. */
export function namedPhases({
  allPhases,
  phaseNames,
}: Pick<OpenLedger, 'allPhases' | 'phaseNames'>): readonly string[] | 'all' {
  return allPhases.every((name) => phaseNames.includes(name)) ? 'all' : phaseNames;
}

async function takeLockSoon(
  session: Session,
  { schema, signal, report }: Pick<OpenLedger, 'schema' | 'signal' | 'report'>,
): Promise<boolean> {
  const start = performance.now();
  for (let told = false; ; ) {
    if (await takeLock(session, schema)) return true;
    const waited = performance.now() - start;
    if (signal?.aborted === true || waited >= SYNC_PATIENCE_MS) return false;
    if (waited >= PATIENCE_MS) {
      const holder = await findHolder(session, schema);
      // None: it was given back a moment ago.
      if (holder !== undefined && holder.command !== 'sync') return false;
      if (holder !== undefined && !told) {
        told = true;
        const message = `Waiting up to ${SYNC_PATIENCE_MS / 1_000} s for a round of ${describeHolder(holder)}.`;
        report({ type: 'notice', level: 'info', message });
      }
    }
    await sleep(ASK_EVERY_MS);
  }
}
