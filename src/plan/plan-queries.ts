import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { TableRule } from '../legacy/table-rule.js';
import { fromClause } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import type { PhasePlan, SourcePlan } from '../reports/plan.js';
import type { KeySurvey } from './key-survey.js';

const MOST_WORDS = 5;

/** Rows, keys, duplicates and orphans of each source. */
export function sourcePlans({ keyed }: Phase, { sources }: KeySurvey): SourcePlan[] {
  return keyed.flatMap(({ source }, at) => {
    const counts = sources[at];
    return counts === undefined ? [] : [{ table: source.rule.table, ...counts }];
  });
}

/** How many merge keys have rows in exactly which tables. */
export function meetingsOf({ keyed }: Phase, { meetings }: KeySurvey): PhasePlan['meetings'] {
  return meetings.map(({ bits, keys }) => ({
    tables: keyed.filter((_, index) => (bits & (1 << index)) !== 0).map(({ source }) => source.rule.table),
    keys,
  }));
}

/** Columns that hold 0..100 by their name and whose values are all at most 1. */
export async function suspiciousScales(
  session: Session,
  phase: Phase,
): Promise<PhasePlan['suspiciousScales']> {
  const found: { table: string; column: string; max: string }[] = [];
  for (const { source, column } of phase.planChecks.percentColumns) {
    const { max } = await session.one(
      `select max(r.${ident(column)})::text as max from ${fromClause({ source, joins: '' })}`,
    );
    if (max != null && Number(max) <= 1) found.push({ table: source.rule.table, column, max });
  }
  return found;
}

/** Words of a vocabulary that no rule knows, the most frequent first; what is behind them is only counted. */
export async function unmappedWords(
  session: Session,
  phase: Phase,
): Promise<{ readonly words: PhasePlan['unmapped']; readonly further: readonly string[] }> {
  const words: PhasePlan['unmapped'][number][] = [];
  const further: string[] = [];
  for (const { source, column, known, becomes } of phase.planChecks.vocabularies) {
    const table = source.rule.table;
    const rows = await session.query(
      `select r.${ident(column)}::text as value, count(*) as rows, count(*) over () as words
       from ${fromClause({ source, joins: '' })}
       where not r.${ident(column)}::text = any (array(select jsonb_array_elements_text($1::text::jsonb))) group by 1 order by 2 desc, 1 limit ${MOST_WORDS}`,
      [JSON.stringify(known)],
    );
    for (const row of rows)
      words.push({ table, column, value: String(row.value), rows: Number(row.rows), becomes });
    const more = Number(rows[0]?.words ?? 0) - rows.length;
    if (more > 0)
      further.push(
        `${more} further values of ${table}.${column} that no rule names ${becomes === null ? 'give no value either' : `become ${becomes} too`}.`,
      );
  }
  return { words, further };
}

/** What is to be said of crosswalks in which one name stands in several rows. */
export async function repeatedNames(
  session: Session,
  rules: readonly TableRule[],
  legacy: LegacyDatabase,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const { name, repeated } of rules) {
    const table = legacy.tables.get(name);
    if (table === undefined || repeated === undefined) continue;
    const column = ident(repeated.column(table.shape.name));
    const { n } = await session.one(
      `select count(*) as n from (select from ${qualified(table.schema, table.name)} s where s.${column} is not null group by s.${column} having count(*) > 1) d`,
    );
    if (Number(n) > 0) warnings.push(repeated.warning(Number(n)));
  }
  return warnings;
}
