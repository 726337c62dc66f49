import { ident, literal, qualified } from '../db/identifier.js';
import type { BoundSource } from './bind.js';
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
 * Which rows of a branch are of this source is said above the union, not in the branch. Only branches without a
 * condition become plain members of one append for the planner: then it makes just the columns that are asked for,
 * and merges the branches in the order of an index. A branch with a condition is a query of its own, which makes
 * every column of every row (a third of what `count` takes) and is sorted as a whole (27 times the time of the
 * legacy table for its newest rows).
 *
 * @param keyName gives the merge key as a column in front, which is called so
 */
export function restoreQuery(restoration: Restoration, keyName: string | null = null): string {
  const { source, targets, phaseId, hasRejects } = restoration;
  const names = source.columns.map(({ name }) => name);
  const marks = { isOurs: unused('is_ours', names), source: unused('source_table', names) };
  const legacyName = literal(source.rule.table);
  const branch = (from: string, column: (index: number) => string, isOurs: string, table: string) => {
    const columns = [
      ...(keyName === null ? [] : [`t.merge_key as ${ident(keyName)}`]),
      ...names.map((name, index) => `${column(index)} as ${ident(name)}`),
      `${isOurs} as ${ident(marks.isOurs)}`,
      `${table} as ${ident(marks.source)}`,
    ];
    return `  select ${columns.join(',\n    ')}\n  from ${from} t`;
  };
  const at = (index: number) => source.columns[index] as (typeof source.columns)[number];
  const branches = [
    ...(source.rule.flag === null
      ? []
      : [
          branch(
            targets.unified.qualified,
            (index) => fromUnified(source, at(index), 't'),
            `t.${ident(source.rule.flag)}`,
            `${legacyName}::text`,
          ),
        ]),
    // As a column of its own: a comparison here would hide it from the indexes that are of rows of one source.
    branch(targets.folded.qualified, (index) => fromFolded(source, at(index), 't'), 'true', 't.source'),
    ...(hasRejects
      ? [
          branch(
            qualified('drydock', 'rejects'),
            (index) => fromReject(at(index), 't'),
            `t.phase_id = ${phaseId}`,
            't.source',
          ),
        ]
      : []),
  ];
  const wanted = [...(keyName === null ? [] : [keyName]), ...names].map((name) => `b.${ident(name)}`);
  return `select ${wanted.join(', ')}\nfrom (\n${branches.join('\nunion all\n')}\n) b\nwhere b.${ident(marks.isOurs)} and b.${ident(marks.source)} = ${legacyName}`;
}

/** A name that no legacy column has. */
function unused(name: string, taken: readonly string[]): string {
  return taken.includes(name) ? unused(`${name}_`, taken) : name;
}
