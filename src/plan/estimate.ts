import type { Phase } from '../mapping/phase.js';

/** Legacy rows per second that two cores manage, load and indexes together; a plain guess for a plan. */
const ROWS_PER_SECOND = 60_000;
/** Bytes of ours per byte of theirs, indexes included. */
const BYTES_PER_BYTE = 1.2;

/** How long a run will take and how much space it needs, roughly. */
export function estimate(phase: Phase, rows: number): { readonly seconds: number; readonly bytes: number } {
  const legacyBytes = phase.bound.sources.reduce((sum, source) => sum + source.table.bytes, 0);
  return { seconds: Math.ceil(rows / ROWS_PER_SECOND), bytes: Math.round(legacyBytes * BYTES_PER_BYTE) };
}
