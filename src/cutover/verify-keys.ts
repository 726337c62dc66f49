import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { restorations } from '../ledger/restorations.js';
import type { KeyedSource } from '../mapping/keyed-source.js';
import { listedRows } from '../mapping/locate.js';
import type { Phase } from '../mapping/phase.js';
import { SCRATCH, SCRATCH_KEYS } from '../mapping/scratch.js';
import type { Targets } from '../mapping/targets.js';
import { hashedRow, rowHashes } from '../verify/hash.js';
import { type Comparison, keyedRows, keyName } from '../verify/sides.js';

/** As an array, for which the planner takes the index: writers wait while this is asked. */
const CHANGED = {
  condition: (key: string) => `${key} = any (array(select k.merge_key from ${SCRATCH.keys} k))`,
} as const;

/**
 * Compares, by hash, the legacy rows of the keys that were just applied with what the unified tables give back, in the
 * transaction that applied them: the scratch tables still say which they are. Gives the tables that differ.
 */
export async function differingTables(
  session: Session,
  phase: Phase,
  targets: Targets,
  phaseId: number,
): Promise<string[]> {
  const sources = await restorations(session, phase, targets, phaseId);
  const sides = phase.keyed.flatMap((keyed, index) => {
    const restoration = sources[index];
    if (restoration === undefined) return [];
    const comparison: Comparison = {
      keyed,
      schema: phase.schema,
      restoration,
      viewIsIntact: false,
      scope: CHANGED,
    };
    const key = keyName(comparison);
    return [{ keyed, key, legacy: listedSide(keyed, key), unified: keyedRows(comparison, 'unified') }];
  });
  const asked = sides.map(({ keyed, key, legacy, unified }) => {
    const hashed = hashedRow(keyed.source.table.columns, 'r');
    const hashes = (prelude: string, rows: string) =>
      `select s.rows || ':' || s.hash1 || ':' || s.hash2 from (${prelude} select ${rowHashes('h.hashed')} from (` +
      `select ${hashed} as hashed from (${rows}) r where ${SCRATCH_KEYS.condition(`r.${key}`)} offset 0) h) s`;
    return `select ${literal(keyed.source.table.name)} as name where (${hashes(keyed.knowing, legacy)}) is distinct from (${hashes('', unified)})`;
  });
  // In one question: while it is asked, writers wait.
  return (await session.query(asked.join(' union all '))).map(({ name }) => String(name));
}

/** The legacy rows that the scratch tables list, each with its merge key, which is named as on the other side. */
function listedSide(keyed: KeyedSource, key: string): string {
  const columns = keyed.source.table.columns.map((column) => `, r.${ident(column.name)}`).join('');
  return `select ${keyed.key} as ${key}${columns} from ${listedRows(keyed.source)} r ${keyed.joins}`;
}
