import { type RowBytes, rowText } from '../copy-binary/framing.js';
import type { RowLog } from '../copy-binary/row-log.js';
import type { Session } from '../db/session.js';
import type { KeyScope } from '../mapping/keyed-source.js';
import type { Target, Targets } from '../mapping/targets.js';
import type { BatchRows } from './batch-rows.js';

/** Reads what a query gives, in the binary form in which rows are copied. */
export type RowReader = (session: Session, query: string) => AsyncIterable<readonly RowBytes[]>;

/**
 * Whether the tables hold exactly these rows of a range already, byte for byte: then there is nothing to write, and
 * nothing has to be staged. Rows that are printed in another way than they were given (jsonb with its members in
 * another order) count as different here, and are found to be equal there; those of a batch that did not fit into
 * memory do as well.
 */
export async function isAsStored(
  session: Session,
  read: RowReader,
  targets: Targets,
  scope: KeyScope,
  rows: BatchRows,
): Promise<boolean> {
  // A COPY that waits for its lock has its snapshot from before, and shows no row of a table that was rewritten meanwhile.
  await session.execute(
    `lock table ${targets.unified.qualified}, ${targets.folded.qualified} in access share mode`,
  );
  for (const table of ['unified', 'folded'] as const) {
    const log = rows.log(table);
    if (!log.isInMemory || !(await holds(session, read, targets[table], scope, log))) return false;
  }
  return true;
}

/** As multisets: folded rows have no key of their own. */
async function holds(
  session: Session,
  read: RowReader,
  target: Target,
  scope: KeyScope,
  log: RowLog,
): Promise<boolean> {
  const wanted = new Map<string, number>();
  for (const row of log) {
    const text = rowText(row);
    wanted.set(text, (wanted.get(text) ?? 0) + 1);
  }
  let [found, same] = [0, true];
  const columns = target.table.copied.map((column) => `t.${column}`).join(', ');
  const query = `select ${columns} from ${target.qualified} t where ${scope.condition('t.merge_key')}`;
  // Read to its end also where it is known to differ: the session goes on to write.
  for await (const piece of read(session, query)) {
    for (const row of same ? piece : []) {
      const text = rowText(row);
      const left = wanted.get(text) ?? 0;
      if (left === 0) same = false;
      else wanted.set(text, left - 1);
      found += 1;
    }
  }
  return same && found === log.rows;
}
