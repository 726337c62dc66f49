import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { copyLines } from '../extract/copy-source.js';
import { KeyRange } from '../keys/key-range.js';
import type { Batch } from '../ledger/batches.js';
import { stageRows } from '../load/replace-range.js';
import type { Targets } from '../load/targets.js';
import type { Phase } from '../phases/phase.js';
import type { Invariant } from '../reports.js';
import { textOf } from '../verify/hash.js';
import { type Comparison, keyedRows, type SideName, withClause } from '../verify/sides.js';
import { collectBatch } from './collect.js';
import { type Context, throwIfStopped } from './context.js';
import { openExtraction } from './extraction.js';
import type { VerifySelection } from './verify-phase.js';

/**
 * Verification that shares nothing with the hashes: every row's text is read from both sides and compared here,
 * byte for byte; and every unified row is computed again from the legacy tables and compared as it is stored.
 */
export async function secondRoute(
  context: Context,
  phase: Phase,
  targets: Targets,
  comparisons: readonly Comparison[],
  selection: VerifySelection,
): Promise<Invariant[]> {
  const batches = selection.selected ?? selection.batches;
  const range = new KeyRange(batches[0]?.range.from ?? null, batches.at(-1)?.range.to ?? null);
  const found: Invariant[] = [];
  for (const comparison of comparisons) found.push(await compareTexts(context, comparison, range));
  found.push(await recompute(context, phase, targets, batches, range));
  return found;
}

/** Reads both sides as text, in one order, and compares line by line. */
async function compareTexts(context: Context, comparison: Comparison, range: KeyRange): Promise<Invariant> {
  const { table } = comparison.keyed.source;
  return withCleanup(async (cleanup) => {
    const [left, right] = [await sideLines('legacy', cleanup), await sideLines('unified', cleanup)];
    for (let row = 1; ; row += 1) {
      const [a, b] = [await left.next(), await right.next()];
      if (a.done === true && b.done === true)
        return { name: `text of ${table.name}, row by row`, ok: true, detail: `${row - 1} rows` };
      if (a.value === b.value) continue;
      const key =
        [a.value, b.value]
          .filter((line) => line !== undefined)
          .sort()[0]
          ?.slice(0, 36) ?? '';
      return {
        name: `text of ${table.name}, row by row`,
        ok: false,
        detail: `first difference at key ${key}`,
      };
    }
  });

  async function sideLines(side: SideName, cleanup: Cleanup): Promise<AsyncIterator<string, undefined>> {
    const session = await context.connector.open(cleanup);
    await session.begin('repeatable read', 'read only');
    const columns = table.columns.map((column) => textOf(column, 'r'));
    const query = `${withClause(comparison, side)} select r.merge_key, ${columns.join(', ')} from (${keyedRows(comparison, side)}) r where ${range.condition('r.merge_key')} order by 1, ${columns.map((_, index) => index + 2).join(', ')}`;
    return lines(session, query);
  }
}

async function* lines(session: Session, query: string): AsyncGenerator<string, undefined> {
  for await (const list of copyLines(session, query)) yield* list;
}

/** Merges every batch again, into a temporary table of a session of its own, and holds it against what is stored. */
async function recompute(
  context: Context,
  phase: Phase,
  targets: Targets,
  batches: readonly Batch[],
  range: KeyRange,
): Promise<Invariant> {
  const name = `every row of ${targets.unified.name} computed again`;
  return withCleanup(async (cleanup) => {
    const session = await context.connector.open(cleanup);
    const grouper = await openExtraction(context, phase, range, cleanup);
    let rows = 0;
    for (const batch of batches) {
      throwIfStopped(context.signal, 'Verification writes nothing; it was not finished.');
      const merged = await collectBatch(phase, grouper, batch.range.to, () => undefined, context.signal);
      const differing = await session.transaction(async () => {
        const staged = await stageRows(session, targets.unified, merged.log('unified'));
        const columns = targets.unified.table.copied;
        const row = (alias: string) =>
          `row(${columns.map((column) => `${alias}.${column}`).join(', ')})::record`;
        const [first] = await session.query(
          `select coalesce(t.merge_key, s.merge_key)::text as key, coalesce(t.id, s.id)::text as id,
             array_to_string(array[${columns.map((column) => `case when t.id is null or s.id is null or t.${column}::text is distinct from s.${column}::text then ${literal(column)} end`).join(', ')}], ', ') as columns
           from (select * from ${targets.unified.qualified} u where ${batch.range.condition('u.merge_key')}) t
           full join ${staged} s on s.id = t.id
           where t.id is null or s.id is null or ${row('t')} *<> ${row('s')}
           order by 1, 2 limit 1`,
        );
        return first;
      });
      rows += merged.log('unified').rows;
      merged.close();
      if (differing !== undefined) {
        const { key, id, columns } = differing;
        return { name, ok: false, detail: `batch ${batch.number}, key ${key}, id ${id}: ${columns}` };
      }
    }
    return { name, ok: true, detail: `${rows} rows` };
  });
}
