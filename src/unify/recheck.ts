import type { Context } from '../context/context.js';
import type { Batch } from '../ledger/batches.js';
import type { PhaseVerification } from '../reports/verify.js';
import { type CatchUpParts, catchUp } from '../sync/catch-up.js';
import type { SyncJob } from '../sync/job.js';
import { comparePhase } from '../verify/verify-phase.js';

/** A key that is written in every moment may never be seen at rest: so often it is looked for. */
const ATTEMPTS = 20;

/**
 * Compares the keys that a verification left out, each as soon as its changes are applied; the others were equal in one
 * snapshot. Gives the verification with what that added: differences, and the keys that never came to rest.
 */
export async function recheck(
  context: Context,
  job: SyncJob,
  verified: { readonly verification: PhaseVerification; readonly pending: readonly string[] },
  batches: readonly Batch[],
  parts: CatchUpParts & { readonly limit: number },
): Promise<PhaseVerification> {
  let { verification, pending } = verified;
  for (let attempt = 0; attempt < ATTEMPTS && pending.length > 0; attempt += 1) {
    await catchUp(context, job, parts.drainer, parts.reloading);
    const again = await comparePhase(context, job.phase, job.targets, job.phaseId, {
      batches,
      selected: batches,
      only: pending,
      limit: parts.limit,
      strict: false,
    });
    const waiting = new Set(again.pending);
    pending = pending.filter((key) => waiting.has(key));
    verification = joined(verification, again.verification);
  }
  return { ...verification, pendingKeys: pending.length };
}

/** A verification, with the differences that another one found elsewhere. */
function joined(all: PhaseVerification, some: PhaseVerification): PhaseVerification {
  const tables = all.tables.map((table) => {
    const more = some.tables.find((other) => other.table === table.table);
    if (more === undefined || more.equal) return table;
    return {
      ...table,
      equal: false,
      differingBatches: [...new Set([...table.differingBatches, ...more.differingBatches])],
      differences: [...table.differences, ...more.differences],
      more: table.more || more.more,
    };
  });
  return { ...all, tables, equal: all.equal && some.equal, seconds: all.seconds + some.seconds };
}
