import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { fromClause } from '../extract/keyed-source.js';
import type { Phase } from '../phases/phase.js';
import type { PhasePlan, SourcePlan } from '../reports.js';

const MOST_WORDS = 20;

/** Rows, keys, duplicates and orphans of each source. */
export async function sourcePlans(session: Session, phase: Phase): Promise<SourcePlan[]> {
  const plans: SourcePlan[] = [];
  for (const keyed of phase.keyed) {
    const row = await session.one(
      `${keyed.with} select count(*) as rows, count(distinct merge_key) as keys, count(*) filter (where orphan) as orphans
       from (select ${keyed.key} as merge_key, ${keyed.orphan} as orphan from ${fromClause(keyed)}) k`,
    );
    const [rows, keys] = [Number(row.rows), Number(row.keys)];
    plans.push({
      table: keyed.source.rule.table,
      rows,
      keys,
      duplicates: rows - keys,
      orphans: Number(row.orphans),
    });
  }
  return plans;
}

/** How many merge keys have rows in exactly which tables. */
export async function meetingsOf(session: Session, phase: Phase): Promise<PhasePlan['meetings']> {
  if (phase.keyed.length === 0) return [];
  const keys = phase.keyed.map(
    (keyed, index) => `select ${1 << index} as bit, ${keyed.key} as merge_key from ${fromClause(keyed)}`,
  );
  const rows = await session.query(
    `${phase.keyed[0]?.with ?? ''} select bits, count(*) as keys
     from (select merge_key, bit_or(bit) as bits from (${keys.join(' union all ')}) k group by merge_key) g
     group by bits order by bits`,
  );
  return rows.map((row) => {
    const bits = Number(row.bits);
    const tables = phase.keyed
      .filter((_, index) => (bits & (1 << index)) !== 0)
      .map((keyed) => keyed.source.rule.table);
    return { tables, keys: Number(row.keys) };
  });
}

/** Columns that hold 0..100 by their name and whose values are all at most 1. */
export async function suspiciousScales(
  session: Session,
  phase: Phase,
): Promise<PhasePlan['suspiciousScales']> {
  const found: { table: string; column: string; max: string }[] = [];
  for (const { source, column } of phase.planChecks.percentColumns) {
    const { max } = await session.one(
      `select max(r.${ident(column)})::text as max from ${fromClause({ ...keyless, source })}`,
    );
    if (max != null && Number(max) <= 1) found.push({ table: source.rule.table, column, max });
  }
  return found;
}

/** Words of a vocabulary that no rule knows, the most frequent first. */
export async function unmappedWords(session: Session, phase: Phase): Promise<PhasePlan['unmapped']> {
  const found: { table: string; column: string; value: string; rows: number; becomes: string }[] = [];
  for (const { source, column, known, becomes } of phase.planChecks.vocabularies) {
    const rows = await session.query(
      `select r.${ident(column)}::text as value, count(*) as rows from ${fromClause({ ...keyless, source })}
       where r.${ident(column)}::text <> all ($1::text[]) group by 1 order by 2 desc, 1 limit ${MOST_WORDS}`,
      [`{${known.join(',')}}`],
    );
    for (const row of rows) {
      found.push({
        table: source.rule.table,
        column,
        value: String(row.value),
        rows: Number(row.rows),
        becomes,
      });
    }
  }
  return found;
}

/** A source without its joins: for questions about the table alone. */
const keyless = { with: '', joins: '', key: '', extras: [], orphan: '' } as const;
