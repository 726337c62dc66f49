import type { Batch } from '../ledger/batches.js';
import type { Link } from '../load/replace-range.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';

/** What it takes to apply a phase's changes. */
export interface SyncJob {
  readonly phase: Phase;
  readonly targets: Targets;
  readonly phaseId: number;
  /** All batches of the phase: which key is booked in which. They tile the key space. */
  readonly batches: readonly Batch[];
  /** The later phases that the ledger knows, whose keys are ids of this phase's rows. */
  readonly dependents: readonly Dependent[];
  /** Rows that may still be put aside. */
  readonly budget: { left: number };
  readonly signal: AbortSignal | undefined;
}

/** A phase that stands on another one's rows. */
export interface Dependent {
  readonly phaseId: number;
  readonly links: readonly Link[];
}

/** SQL: the number of the batch that a key is booked in. */
export function batchNumber(job: SyncJob, key: string): string {
  const bounds = job.batches.slice(1).map((batch) => `'${batch.range.from}'`);
  const first = job.batches[0]?.number ?? 1;
  return bounds.length === 0
    ? String(first)
    : `width_bucket(${key}, array[${bounds.join(', ')}]::uuid[]) + ${first}`;
}

/** The same for a key at hand. */
export function batchOf(job: SyncJob, key: string): number {
  return job.batches.find((batch) => batch.range.contains(key))?.number ?? 1;
}
