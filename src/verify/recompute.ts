import { collectBatch } from '../batches/collect.js';
import { openExtraction } from '../batches/extraction.js';
import type { Context } from '../context/context.js';
import { throwIfStopped } from '../context/stoppable.js';
import { withCleanup } from '../db/cleanup.js';
import { literal } from '../db/identifier.js';
import type { Session, TextRow } from '../db/session.js';
import type { KeyRange } from '../keys/key-range.js';
import type { Batch } from '../ledger/batches.js';
import { stageRows } from '../load/replace-range.js';
import { rowsDiffer, rowText, valuesDiffer } from '../load/row-difference.js';
import type { KeyScope } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import type { Target, Targets } from '../mapping/targets.js';
import type { Invariant } from '../reports/verify.js';

/** What is computed again, and as of when. */
export interface Recomputation {
  readonly phaseId: number;
  readonly snapshot: string;
  /** Without gaps. */
  readonly batches: readonly Batch[];
  /** What the batches cover. */
  readonly range: KeyRange;
  /** The keys to look at; null: all. */
  readonly scope: KeyScope | null;
}

/**
 * Merges every batch again, into temporary tables of a session of its own, and holds them against what is stored:
 * the columns too that no legacy view shows.
 */
export async function recompute(
  context: Context,
  phase: Phase,
  targets: Targets,
  { phaseId, snapshot, batches, range, scope }: Recomputation,
): Promise<Invariant[]> {
  return withCleanup(async (cleanup) => {
    const session = await context.connector.open(cleanup);
    const { grouper } = await openExtraction(context, phase, range, cleanup, { snapshot });
    const tables = [
      { log: 'unified', target: targets.unified, compare: differingUnified },
      { log: 'folded', target: targets.folded, compare: differingFolded(targets.link.folded) },
    ] as const;
    const found = tables.map(({ target }) => ({
      name: `every row of ${target.name} computed again`,
      rows: 0,
      first: '',
    }));
    for (const batch of batches) {
      throwIfStopped(context.signal, 'Verification writes nothing; it was not finished.');
      const merged = await collectBatch(phase, grouper, batch.range.to, () => undefined, context.signal);
      await session.transaction(async () => {
        await session.importSnapshot(snapshot);
        for (const [index, { log, target, compare }] of tables.entries()) {
          const entry = found[index];
          if (entry === undefined || entry.first !== '') continue;
          const staged = await stageRows(session, target, merged.log(log), 'unchecked');
          await session.execute(
            `delete from ${staged} s using drydock.rejects r where r.phase_id = $1::int and r.merge_key = s.merge_key`,
            [phaseId],
          );
          if (scope !== null)
            await session.execute(`delete from ${staged} s where not (${scope.condition('s.merge_key')})`);
          const stored = [batch.range, ...(scope === null ? [] : [scope])];
          const inScope = stored.map((part) => part.condition('u.merge_key')).join(' and ');
          const difference = await compare(session, target, staged, inScope);
          entry.rows += merged.log(log).rows;
          if (difference !== undefined) {
            entry.first = `batch ${batch.number}, key ${difference.key}, id ${difference.id}: ${difference.columns}`;
          }
        }
      }, 'repeatable read');
      merged.close();
    }
    return found.map(({ name, rows, first }) => ({
      name,
      ok: first === '',
      detail: first === '' ? `${rows} rows` : first,
    }));
  });
}

/** The first row that is not the same in both, with the columns that differ. */
async function differingUnified(
  session: Session,
  target: Target,
  staged: string,
  inRange: string,
): Promise<TextRow | undefined> {
  const { copied: columns, sentOnly, given } = target.table;
  const stored = columns.map((column) =>
    column === given?.column
      ? `case when u.${given.unless} then u.${column} end as ${column}`
      : `u.${column}`,
  );
  const differing = columns.map(
    (column) =>
      `case when t.id is null or s.id is null or ${valuesDiffer(column, sentOnly, 't', 's')} then ${literal(column)} end`,
  );
  const [first] = await session.query(
    `select coalesce(t.merge_key, s.merge_key)::text as key, coalesce(t.id, s.id)::text as id,
       array_to_string(array[${differing.join(', ')}], ', ') as columns
     from (select ${stored.join(', ')} from ${target.qualified} u where ${inRange}) t
     full join ${staged} s on s.id = t.id
     where t.id is null or s.id is null or ${rowsDiffer(target.table, 't', 's')}
     order by 1, 2 limit 1`,
  );
  return first;
}

/**
 * Folded rows have no key of their own: they are compared as a multiset.
 *
 * @param link the column by which they name their unified row
 */
function differingFolded(link: string): typeof differingUnified {
  return async (session, target, staged, inRange) => {
    const rows = (from: string) =>
      `select merge_key, ${link} as id, source, ${rowText(target.table)} as line from ${from}`;
    const stored = rows(`${target.qualified} u where ${inRange}`);
    const wanted = rows(`${staged} u`);
    const [first] = await session.query(
      `select merge_key::text as key, id::text as id, 'a folded row of ' || source as columns
       from ((${stored} except all ${wanted}) union all (${wanted} except all ${stored})) d
       order by merge_key, id, source, line collate "C" limit 1`,
    );
    return first;
  };
}
