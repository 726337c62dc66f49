import type { Contributor } from '../transform/contributor.js';
import type { Row } from '../transform/row.js';
import type { Side } from './sides.js';
import type { Versioned } from './winner.js';

/** A row with what decides whether it comes before others. */
export interface Ranked extends Versioned {
  readonly row: Row;
}

/**
 * Enters a row where it is the best so far that has a value for one of the fillers.
 *
 * @param filling for each of them the best row until now
 * @returns whether it is for one
 */
export function fill<Entry extends Ranked>(
  fillers: readonly Contributor[],
  filling: (Entry | null)[],
  side: Side,
  entry: Entry,
): boolean {
  let fills = false;
  for (const [at, filler] of fillers.entries()) {
    if (filler.source !== side.index) continue;
    const best = filling[at] ?? null;
    if ((best !== null && side.order(best, entry) <= 0) || !filler.look(entry.row)) continue;
    filling[at] = entry;
    fills = true;
  }
  return fills;
}
