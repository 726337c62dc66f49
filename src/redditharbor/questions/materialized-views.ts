import { qualified } from '../../db/identifier.js';
import type { Session } from '../../db/session.js';

/** Those that the phase `enhancements` makes; the applications may have others. */
const NAMES =
  "array['mv_high_value_opportunities', 'mv_opportunity_trends', 'mv_validation_summary', 'mv_llm_usage']";

/** The materialized views of the phase `enhancements` that are there and filled: name -> qualified name. */
export async function materializedViews(
  session: Session,
  schema: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1::text and c.relname = any (${NAMES}) and c.relkind = 'm' and c.relispopulated and has_table_privilege(c.oid, 'select')`,
    [schema],
  );
  return new Map(rows.map((row) => [String(row.name), qualified(schema, String(row.name))]));
}
