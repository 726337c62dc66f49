/**
 * How far a phase is. `loading`: some batches are left, or are to be loaded again because an earlier phase changed
 * what they stand on. `loaded`: all are loaded, not verified. `different`: verification found differences.
 * `in-sync`: verified, and what was written since has been applied. `cut-over`: the names of the legacy tables are
 * views. `completed`: there is no way back but a backup.
 */
export const PHASE_STATES = [
  'new',
  'loading',
  'loaded',
  'different',
  'verified',
  'in-sync',
  'cut-over',
  'completed',
] as const;
/** State of a phase, as the ledger has it; `new`: the ledger does not know it. */
export type PhaseState = (typeof PHASE_STATES)[number];
