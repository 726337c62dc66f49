import { countRange } from '../batches/count-range.js';
import type { Context } from '../context/context.js';
import { ident, literal } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import { type Batch, rebookBatch } from '../ledger/batches.js';
import { enqueueKeys } from '../ledger/changes.js';
import { locatorOf, placesOf } from '../mapping/locate.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';

const DOUBLED = 'pg_temp.drydock_doubled';

/**
 * Takes rows away again that were loaded twice, because they moved to another key after one batch was read and before
 * another one was; with all that stands under their keys, so that nothing half remains. What is taken away goes into
 * the queue, by its keys and by its rows: it is computed again before anything is verified. Only where changes are
 * captured, for the row's last move may be in nobody's snapshot.
 */
export async function mendDoubles(
  { session }: Context,
  phase: Phase,
  targets: Targets,
  phaseId: number,
  batches: readonly Batch[],
): Promise<void> {
  const { unified, folded } = targets;
  const isDoubled = `t.merge_key in (select d.merge_key from ${DOUBLED} d)`;
  const unique = phase.indexes.filter(({ kind }) => kind === 'primary key' || kind === 'unique');
  await withRetry(() =>
    session.transaction(async () => {
      await session.execute(
        'create temp table if not exists drydock_doubled (merge_key uuid) on commit delete rows',
      );
      for (const { columns } of unique) {
        const list = columns.map((column) => `t.${ident(column)}`).join(', ');
        await session.execute(
          `insert into ${DOUBLED} select t.merge_key from ${unified.qualified} t where (${list}) in (select ${list} from ${unified.qualified} t group by ${list} having count(*) > 1)`,
        );
      }
      for (const source of phase.bound.sources) {
        for (const { from, value, isOurs } of placesOf(source, locatorOf(source), targets)) {
          await session.execute(
            `insert into drydock.changes (phase_id, source, operation, raw) select $1::int, ${literal(source.rule.table)}, 'doubled', array[(${value})::text] from ${from} where ${isOurs} and ${isDoubled}`,
            [phaseId],
          );
        }
      }
      await enqueueKeys(session, phaseId, 'doubled', `select distinct d.merge_key from ${DOUBLED} d`);
      const rows = await session.query(`select distinct d.merge_key from ${DOUBLED} d`);
      for (const { qualified } of [unified, folded])
        await session.execute(`delete from ${qualified} t where ${isDoubled}`);
      const keys = rows.map((row) => String(row.merge_key));
      for (const batch of batches.filter(({ range }) => keys.some((key) => range.contains(key)))) {
        const counts = await countRange(session, phase.bound, targets, phaseId, batch.range);
        await rebookBatch(session, batch, counts);
      }
    }),
  );
}
