import { ident } from '../../db/identifier.js';
import { type ColumnType, columnOf } from '../../legacy/catalog.js';
import type { LegacyTable } from '../../legacy/detect.js';
import { isNumber } from './columns.js';

/** More comments than this give that score; fewer than all of them give the lowest. */
const STEPS = [
  [100, 100],
  [50, 80],
  [20, 60],
  [10, 40],
  [5, 20],
] as const;
const LOWEST = 10;

/** Columns that hold a submission's number of comments, in one generation of the schema or another. */
const COLUMNS = ['num_comments', 'comments_count'] as const;

/**
 * The score for the discussion under a submission `s`, by its number of comments; null where no column has one.
 *
 * Generation B has two columns, one of which often stays at its default of 0 while the other is written: the larger
 * one is meant.
 */
export function discussionQuality(submissions: LegacyTable): string {
  const counts = COLUMNS.flatMap((name) => {
    const column = columnOf(submissions, name);
    const read = column === undefined ? undefined : numberOf(`s.${ident(name)}`, column.type);
    return read === undefined ? [] : [read];
  });
  if (counts.length === 0) return 'null::int';
  const steps = STEPS.map(([comments, score]) => `when c.comments > ${comments} then ${score}`);
  // Without the offset the planner would put the whole expression in the place of each c.comments.
  return `(select case ${steps.join(' ')} else ${LOWEST} end
  from (select greatest(${counts.join(', ')}) as comments offset 0) c)`;
}

/** SQL that gives a column's value as a number, and null for what is none: it must not fail for any value. */
function numberOf(column: string, type: ColumnType): string | undefined {
  if (type.kind === 'jsonb') return jsonNumber(column);
  if (isNumber(type)) return `${column}::numeric`;
  if (type.category === 'S') return textNumber(`${column}::text`);
  return undefined;
}

/** A number, a number in a string, or what a crawler's first version kept: a history by time, whose last entry counts. */
function jsonNumber(column: string): string {
  return `case jsonb_typeof(${column})
    when 'number' then ${column}::numeric
    when 'string' then ${textNumber(`(${column} #>> '{}')`)}
    when 'object' then (select h.value::numeric from jsonb_each(${column}) h
      where jsonb_typeof(h.value) = 'number' order by h.key collate "C" desc limit 1)
  end`;
}

function textNumber(text: string): string {
  return `case when ${text} ~ '^\\s*\\d{1,18}\\s*$' then ${text}::numeric end`;
}
