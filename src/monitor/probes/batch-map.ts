import type { Session } from '../../db/session.js';
import type { BatchMap, BatchMark, PhaseProgress } from '../../reports/monitor.js';

/** The state of every batch of a phase as one text: thousands of them are a few kilobytes. */
export async function readBatchMap(
  session: Session,
  phaseId: string,
  { phase, verification }: PhaseProgress,
): Promise<BatchMap> {
  const { first, marks } = await session.one(
    `select coalesce(min(number), 1) as first, coalesce(string_agg(
       case when status = 'pending' then case when attempts > 0 then 'r' else '.' end
            when rejected > 0 then '!' else '#' end, '' order by number), '') as marks
     from drydock.batches where phase_id = $1::int`,
    [phaseId],
  );
  const differing = new Set(
    (verification?.tables ?? []).flatMap(({ differingBatches }) => [...differingBatches]),
  );
  const start = Number(first);
  const marked = [...String(marks)].map((mark, index): BatchMark | string =>
    // One that is to be loaded again is not what was compared.
    differing.has(start + index) && mark !== 'r' ? 'x' : mark,
  );
  return { phase, first: start, marks: marked.join('') };
}
