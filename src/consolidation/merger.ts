import type { ConsolidationModel } from '../declare/model.js';
import type { BoundPhase } from '../mapping/bind.js';
import type { Merger } from '../mapping/merger.js';
import { RowBuilder } from '../transform/output.js';
import { GoldenRecord } from './golden-record.js';
import { SeveralRows } from './several-rows.js';
import { sidesOf } from './sides.js';
import { SingleRows } from './single-rows.js';

/**
 * Merges the rows of one match key as a model declares it: the short way where each source has at most one of them, else
 * the general one. Rows come with the fields of `sides.ts` before the legacy columns. The computed columns are the id, the
 * merge key, the model's columns, the flags of the model's sources, and the residue.
 */
export function consolidationMerger(model: ConsolidationModel, bound: BoundPhase): Merger {
  const sides = sidesOf(model, bound);
  const golden = new GoldenRecord(model, bound, sides);
  const builder = new RowBuilder(bound);
  const single = new SingleRows(sides, golden, builder);
  const several = new SeveralRows(sides, golden, builder);
  return {
    merge(group, output) {
      if (!single.merge(group, output)) several.merge(group, output);
    },
  };
}
