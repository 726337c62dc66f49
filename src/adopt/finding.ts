import type { PhaseEntry } from '../ledger/phases.js';
import type { DerivedDefinition } from '../project/derived.js';
import type { AdoptFinding } from '../reports/adopt.js';

/** A phase of one of the schemas that the ledger serves. */
export interface Place {
  readonly schema: string;
  readonly entry: PhaseEntry;
  /** What the phase builds, where it is no consolidation. */
  readonly derived: DerivedDefinition | null;
}

/** A finding about one thing of a phase. */
export function finding(
  { schema, entry }: Place,
  verdict: AdoptFinding['verdict'],
  about: Pick<AdoptFinding, 'code' | 'object' | 'why' | 'next'>,
): AdoptFinding {
  return { verdict, schema, phase: entry.phase, ...about };
}

/** Whether the legacy tables alone are still what everything can be made from again. */
export function canBeginAnew({ entry }: Place): boolean {
  return entry.state !== 'cut-over' && entry.state !== 'completed';
}

/** How a phase is begun anew, which takes no legacy row away. */
export function beginAnew({ entry }: Place): string {
  return `drydock rollback --phase ${entry.phase}, then drydock run --phase ${entry.phase}.`;
}
