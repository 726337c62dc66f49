import { ident, literal, qualified } from '../db/identifier.js';
import type { BoundSource } from './bind.js';
import type { KeyScope } from './keyed-source.js';
import { fromFolded, fromReject, fromUnified } from './restore.js';
import type { Targets } from './targets.js';

/** Where a source's rows are: in the unified table, among the folded rows, among the rejects. */
export interface Restoration {
  readonly source: BoundSource;
  readonly targets: Targets;
  readonly phaseId: number;
  /** Whether there are rejects of this source; without any, the view leaves that branch out. */
  readonly hasRejects: boolean;
}

/**
 * The query that gives a legacy table back, column for column in its own order.
 *
 * @param head further output columns in front, as expressions over the branch's row `t`, which has `merge_key`
 * @param scope only the rows of these keys, asked of each branch, where an index finds them
 */
export function restoreQuery(
  restoration: Restoration,
  head: readonly string[] = [],
  scope: KeyScope | null = null,
): string {
  const only = scope === null ? '' : ` and ${scope.condition('t.merge_key')}`;
  const { source, targets, phaseId, hasRejects } = restoration;
  const select = (column: (index: number) => string) =>
    [...head, ...source.columns.map((legacy, index) => `${column(index)} as ${ident(legacy.name)}`)].join(
      ',\n    ',
    );
  const at = (index: number) => source.columns[index] as (typeof source.columns)[number];
  const branches: string[] = [];
  if (source.rule.flag !== null) {
    branches.push(
      `select ${select((index) => fromUnified(source, at(index), 't'))}\n  from ${targets.unified.qualified} t\n  where t.${ident(source.rule.flag)}${only}`,
    );
  }
  branches.push(
    `select ${select((index) => fromFolded(source, at(index), 't'))}\n  from ${targets.folded.qualified} t\n  where t.source = ${literal(source.rule.table)}${only}`,
  );
  if (hasRejects) {
    branches.push(
      `select ${select((index) => fromReject(at(index), 't'))}\n  from ${qualified('drydock', 'rejects')} t\n  where t.phase_id = ${phaseId} and t.source = ${literal(source.rule.table)}${only}`,
    );
  }
  return branches.join('\nunion all\n');
}
