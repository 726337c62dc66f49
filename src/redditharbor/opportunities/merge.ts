import type { BoundPhase } from '../../mapping/bind.js';
import type { Merger } from '../../mapping/merger.js';
import { RowBuilder } from '../../transform/output.js';
import { GoldenRecord } from './golden.js';
import { severalRowsMerger } from './several-rows.js';
import { readSides } from './sides.js';
import { SingleRows } from './single-rows.js';

/** Unifies the rows of one submission: the short way where each table has at most one of them, else the general one. */
export function opportunitiesMerger(bound: BoundPhase): Merger {
  const sides = readSides(bound);
  const golden = new GoldenRecord(bound, sides);
  const builder = new RowBuilder(bound);
  const single = new SingleRows(sides, golden, builder);
  const several = severalRowsMerger(sides, golden, builder);
  return {
    merge(group, output) {
      if (!single.merge(group, output)) several.merge(group, output);
    },
  };
}
