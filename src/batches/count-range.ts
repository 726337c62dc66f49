import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { BatchCounts, SourceCounts } from '../ledger/batches.js';
import type { BoundPhase } from '../mapping/bind.js';
import type { KeyScope } from '../mapping/keyed-source.js';
import type { Targets } from '../mapping/targets.js';

/** What the tables hold of a key range, or of other keys, counted in the tables themselves. */
export async function countRange(
  session: Session,
  bound: BoundPhase,
  targets: Targets,
  phaseId: number,
  scope: KeyScope,
): Promise<BatchCounts> {
  const flagged = bound.sources.flatMap(({ rule }) => (rule.flag === null ? [] : [rule.flag]));
  const filters = flagged
    .map((flag) => `, count(*) filter (where ${ident(flag)}) as ${ident(flag)}`)
    .join('');
  const inRange = scope.condition('merge_key');
  const unified = await session.one(
    `select count(*) as n${filters} from ${targets.unified.qualified} where ${inRange}`,
  );
  const folded = await bySource(
    `select source, count(*) as n from ${targets.folded.qualified} where ${inRange} group by source`,
  );
  const rejected = await bySource(
    `select source, count(*) as n from drydock.rejects where phase_id = ${literal(String(phaseId))}::int and ${inRange} group by source`,
  );
  const sources: Record<string, SourceCounts> = {};
  const total = { rowsIn: 0, folded: 0, rejected: 0 };
  for (const { rule } of bound.sources) {
    const counts = {
      primary: rule.flag === null ? 0 : Number(unified[rule.flag]),
      folded: folded.get(rule.table) ?? 0,
      rejected: rejected.get(rule.table) ?? 0,
    };
    const read = counts.primary + counts.folded + counts.rejected;
    sources[rule.table] = { read, ...counts };
    total.rowsIn += read;
    total.folded += counts.folded;
    total.rejected += counts.rejected;
  }
  return { sources, rowsOut: Number(unified.n), ...total };

  async function bySource(query: string): Promise<Map<string, number>> {
    return new Map((await session.query(query)).map((row) => [String(row.source), Number(row.n)]));
  }
}
