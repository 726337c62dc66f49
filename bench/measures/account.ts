import { withClient } from '../client.js';
import type { BenchServer } from '../server.js';

/** What a relation takes on disk, in bytes. */
export interface Size {
  readonly name: string;
  readonly side: 'legacy' | 'ours';
  readonly heap: number;
  readonly toast: number;
  readonly indexes: number;
  readonly total: number;
}

/** The legacy tables by the unified table that they go into, and what of ours takes their place. */
const PHASES = [
  {
    unified: 'opportunities_unified',
    kept: 'opportunity_duplicates',
    legacy: ['opportunities', 'app_opportunities', 'workflow_results'],
  },
  {
    unified: 'opportunity_assessments',
    kept: 'opportunity_assessment_records',
    legacy: ['opportunity_scores', 'market_validations', 'score_components'],
  },
] as const;

/**
 * Heap, TOAST and indexes of the legacy tables, and of all that is ours instead, the ledger as one: of the phases that
 * are loaded. Nothing is written in between, so both sides are as they were loaded.
 */
export function account(server: BenchServer): Promise<Size[]> {
  return withClient(server, async (client) => {
    const { rows } = await client.query<{ [Column in keyof Size]: string }>(
      `select t.name, t.side, sum(pg_total_relation_size(c.oid) - pg_indexes_size(c.oid) - s.toast)::text as heap,
         sum(s.toast)::text as toast, sum(pg_indexes_size(c.oid))::text as indexes, sum(pg_total_relation_size(c.oid))::text as total
       from (
         select l.name, 'legacy' as side, to_regclass('public.' || l.name)::oid as oid, 1 as place
         from jsonb_to_recordset($1::jsonb) p (unified text, legacy jsonb), jsonb_array_elements_text(p.legacy) l (name)
         where to_regclass('public.' || p.unified) is not null
         union all
         select o.name, 'ours', to_regclass('public.' || o.name)::oid, 2
         from jsonb_to_recordset($1::jsonb) p (unified text, kept text), unnest(array[p.unified, p.kept]) o (name)
         union all
         select 'the ledger', 'ours', c.oid, 3 from pg_class c
         where c.relnamespace = to_regnamespace('drydock') and c.relkind = 'r'
       ) t
       join pg_class c on c.oid = t.oid
       cross join lateral (select coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) as toast) s
       group by t.name, t.side, t.place order by t.place, total desc, t.name`,
      [JSON.stringify(PHASES)],
    );
    return rows.map(({ name, side, ...parts }) => ({
      name,
      side: side === 'legacy' ? 'legacy' : 'ours',
      heap: Number(parts.heap),
      toast: Number(parts.toast),
      indexes: Number(parts.indexes),
      total: Number(parts.total),
    }));
  });
}
