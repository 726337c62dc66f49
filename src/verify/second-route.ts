import type { Context } from '../context/context.js';
import { openReader } from '../context/reader.js';
import { fieldIn, type RowBytes, rowText } from '../copy-binary/framing.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { copyRowsBehindFence } from '../extract/copy-source.js';
import type { KeyRange } from '../keys/key-range.js';
import { uuidText } from '../keys/uuid.js';
import { spanOf } from '../ledger/batches.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';
import type { Invariant } from '../reports/verify.js';
import { bytesOf, textOf } from './hash.js';
import { type Recomputation, recompute } from './recompute.js';
import type { VerifySelection } from './selection.js';
import { type Comparison, keyedRows, keyName, type SideName, withClause } from './sides.js';

/**
 * Verification that shares nothing with the hashes: every row's text is read from both sides and compared here,
 * byte for byte; and every row of ours is computed again from the legacy tables and compared as it is stored.
 */
export async function secondRoute(
  context: Context,
  phase: Phase,
  targets: Targets,
  comparisons: readonly Comparison[],
  selection: Pick<VerifySelection, 'batches' | 'selected'> &
    Pick<Recomputation, 'phaseId' | 'snapshot' | 'scope'>,
): Promise<Invariant[]> {
  const batches = spanOf(selection.batches, selection.selected ?? selection.batches);
  const [first, last] = [batches[0], batches.at(-1)];
  if (first === undefined || last === undefined) return [];
  const range = first.range.spanTo(last.range);
  const found: Invariant[] = [];
  for (const comparison of comparisons)
    found.push(await compareTexts(context, comparison, range, selection.snapshot));
  found.push(...(await recompute(context, phase, targets, { ...selection, batches, range })));
  return found;
}

/** Reads both sides as text, in one order, and compares row by row. */
async function compareTexts(
  context: Context,
  comparison: Comparison,
  range: KeyRange,
  snapshot: string,
): Promise<Invariant> {
  const { table } = comparison.keyed.source;
  return withCleanup(async (cleanup) => {
    const [left, right] = [await sideRows('legacy', cleanup), await sideRows('unified', cleanup)];
    for (let row = 1; ; row += 1) {
      const [a, b] = [await left.next(), await right.next()];
      if (a.done === true && b.done === true)
        return { name: `text of ${table.name}, row by row`, ok: true, detail: `${row - 1} rows` };
      if (textOfRow(a.value) === textOfRow(b.value)) continue;
      const key =
        [a.value, b.value]
          .flatMap((row) => (row === undefined ? [] : [uuidText(fieldIn(row, 0))]))
          .sort()[0] ?? '';
      return {
        name: `text of ${table.name}, row by row`,
        ok: false,
        detail: `first difference at key ${key}`,
      };
    }
  });

  async function sideRows(side: SideName, cleanup: Cleanup): Promise<AsyncIterator<RowBytes, undefined>> {
    const session = await openReader(context, cleanup, snapshot);
    const columns = table.columns.flatMap((column) => [textOf(column, 'r'), ...bytesOf(column, 'r')]);
    const key = `r.${keyName(comparison)}`;
    const query = `${withClause(comparison, side)} select ${key}, ${columns.join(', ')} from (${keyedRows(comparison, side)}) r where ${range.condition(key)} order by 1, ${columns.map((_, index) => index + 2).join(', ')}`;
    return rows(session, query);
  }
}

async function* rows(session: Session, query: string): AsyncGenerator<RowBytes, undefined> {
  for await (const list of await copyRowsBehindFence(session, query)) yield* list;
}

function textOfRow(row: RowBytes | undefined): string | undefined {
  return row === undefined ? undefined : rowText(row);
}
