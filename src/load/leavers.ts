import { literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { KeyRange } from '../keys/key-range.js';
import type { BoundPhase } from '../mapping/bind.js';
import { locatorOf, placesOf } from '../mapping/locate.js';
import type { Targets } from '../mapping/targets.js';

const LEAVERS = 'pg_temp.drydock_leavers';

/** What was in a range before it was replaced. */
export interface Leavers {
  /** Enters as changed what is not there any more, where changes are captured; in the transaction that replaced it. */
  enqueue(): Promise<void>;
}

/**
 * Looks at which legacy rows a range holds before it is replaced. A row may have left it by a change that still stands
 * in the queue, of its crosswalk row or of what an earlier phase made of it: it is then in no batch of ours, and when that change has its
 * turn nothing among ours tells of the row. So it goes into the queue by its own name, in the same transaction.
 */
export async function watchLeavers(
  session: Session,
  bound: BoundPhase,
  targets: Targets,
  phaseId: number,
  range: KeyRange,
): Promise<Leavers> {
  const held = bound.sources
    .flatMap((source) =>
      placesOf(source, locatorOf(source), targets).map(
        ({ from, value, isOurs }) =>
          `select ${literal(source.rule.table)} as source, (${value})::text as raw from ${from} where ${isOurs} and ${range.condition('t.merge_key')}`,
      ),
    )
    .join(' union all ');
  await session.execute(
    `create temp table if not exists drydock_leavers (source text, raw text) on commit delete rows; delete from ${LEAVERS}; insert into ${LEAVERS} ${held}`,
  );
  return {
    async enqueue() {
      await session.execute(
        `insert into drydock.changes (phase_id, source, operation, raw)
         select $1::int, l.source, 'moved', array[l.raw] from (select * from ${LEAVERS} except (${held})) l
         where exists (select from drydock.captures c where c.phase_id = $1::int)`,
        [phaseId],
      );
    },
  };
}
