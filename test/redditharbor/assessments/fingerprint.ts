import { createHash } from 'node:crypto';
import type { TestDatabase } from '../../support/database.js';

const UNIFIED = 'opportunity_assessments';
const RECORDS = 'opportunity_assessment_records';
const VIEWS = ['opportunity_scores_legacy', 'market_validations_legacy', 'score_components_legacy'];

/** What is compared with what the phase that was written by hand made: layout, rows, accounting; each as a hash. */
export async function fingerprint(database: TestDatabase): Promise<Record<string, string>> {
  const hashOf = async (query: string) => {
    const { rows } = await database.query<{ line: string }>(query);
    return createHash('md5')
      .update(rows.map(({ line }) => line).join('\n'))
      .digest('hex');
  };
  const tables = `array['${UNIFIED}', '${RECORDS}']::regclass[]`;
  return {
    columns: await hashOf(
      `select concat_ws(' ', attrelid::regclass, attnum, attname, format_type(atttypid, atttypmod), attnotnull, attgenerated, pg_get_expr(d.adbin, d.adrelid)) as line
         from pg_attribute a left join pg_attrdef d on d.adrelid = attrelid and d.adnum = attnum
         where attrelid = any (${tables}) and attnum > 0 and not attisdropped order by 1`,
    ),
    constraints: await hashOf(
      `select concat_ws(' ', conname, pg_get_constraintdef(oid)) as line from pg_constraint
         where conrelid = any (${tables}) and contype <> 'n' order by 1`,
    ),
    indexes: await hashOf(
      `select pg_get_indexdef(indexrelid) as line from pg_index where indrelid = any (${tables}) order by 1`,
    ),
    views: await hashOf(
      `select concat_ws(' ', relname, pg_get_viewdef(oid)) as line from pg_class where relname = any ('{${VIEWS.join(',')}}') order by 1`,
    ),
    unified: await hashOf(`select to_jsonb(t)::text as line from ${UNIFIED} t order by t.id`),
    records: await hashOf(
      `select to_jsonb(t)::text as line from ${RECORDS} t order by t.merge_key, md5(to_jsonb(t)::text)`,
    ),
    accounting: await hashOf(
      `select concat_ws(' ', s.key, sum((s.value ->> 'read')::int), sum((s.value ->> 'primary')::int), sum((s.value ->> 'folded')::int)) as line
         from drydock.batches b join drydock.phases p on p.id = b.phase_id cross join lateral jsonb_each(b.sources::jsonb) s
         where p.phase = 'assessments' group by s.key order by 1`,
    ),
  };
}
