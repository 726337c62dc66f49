import type { Batch } from '../ledger/batches.js';

export interface VerifySelection {
  readonly batches: readonly Batch[];
  /** The batches to look at; null for everything. */
  readonly selected: readonly Batch[] | null;
  readonly limit: number;
  readonly strict: boolean;
  /** Look at no other keys than these, and at no invariants. */
  readonly only?: readonly string[];
}
