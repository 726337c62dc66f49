import { type ConsolidationModel, isOnePerKey } from '../declare/model.js';
import type { BoundPhase } from '../mapping/bind.js';
import type { Merger } from '../mapping/merger.js';
import { RowBuilder } from '../transform/output.js';
import { DistinctRows, distinctOf } from './distinct-rows.js';
import { Folds } from './folds.js';
import { GoldenRecord } from './golden-record.js';
import { SeveralRows } from './several-rows.js';
import { type Side, sidesOf } from './sides.js';
import { SingleRows } from './single-rows.js';
import { SummedRows } from './summed-rows.js';
import { Times } from './times.js';

/** The general way, for keys with several rows of a source. */
export function severalRowsOf(
  model: ConsolidationModel,
  sides: readonly Side[],
  parts: { readonly golden: GoldenRecord; readonly builder: RowBuilder },
): Merger {
  const distinct = distinctOf(model, sides);
  return distinct === null ? new SeveralRows(sides, parts) : new DistinctRows(distinct, sides, parts);
}

/**
 * Merges the rows of one match key as a model declares it: the short way where each source has at most one of them, else
 * the general one; and where rows of some sources are kept whole, by summing them up. Rows come with the fields of `sides.ts` before the legacy columns. The computed columns are the id, the
 * merge key, the model's columns, the flags of the model's sources, and the residue.
 */
export function consolidationMerger(model: ConsolidationModel, bound: BoundPhase): Merger {
  const sides = sidesOf(model, bound);
  const folds = new Folds(model, bound, sides);
  const parts = {
    golden: new GoldenRecord(model, bound, sides, folds.writers),
    builder: new RowBuilder(bound),
    times: new Times(model),
  };
  if (isOnePerKey(model)) return new SummedRows(sides, { ...parts, folds });
  const single = new SingleRows(sides, parts);
  const several = severalRowsOf(model, sides, parts);
  return {
    merge(group, output) {
      if (!single.merge(group, output)) several.merge(group, output);
    },
  };
}
