import type pg from 'pg';
import type { LegacyMixture } from '../../fixtures/mixture.js';
import { pairsOf } from '../support/legacy-pairs.js';

/** Count and hash of what is read under each name of a legacy table, be it a table or a view. */
export async function rowsOf(client: pg.Client, mixture: LegacyMixture): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, table } of pairsOf(mixture)) {
    const { rows } = await client.query<{ hash: string }>(
      `select concat_ws(' ', count(*), md5(coalesce(string_agg(md5(x::text), '' order by md5(x::text)), ''))) as hash from ${table} x`,
    );
    lines.push(`${name}: ${rows[0]?.hash}`);
  }
  return lines;
}

/** Where a change of names is not whole: names of a phase of different kinds, or another state than they show. */
export async function halfTurned(client: pg.Client, mixture: LegacyMixture): Promise<string[]> {
  const { rows } = await client.query<{ phase: string; kinds: string }>(
    `select p.phase, string_agg(distinct c.relkind::text, '') as kinds
     from drydock.phases p cross join jsonb_object_keys((select b.sources from drydock.batches b where b.phase_id = p.id limit 1)) s
     join unnest($1::text[], $2::text[]) o (name, relation) on o.name = s
     join pg_class c on c.oid = o.relation::regclass
     group by 1 having count(distinct c.relkind) > 1`,
    [pairsOf(mixture).map(({ name }) => name), pairsOf(mixture).map(({ table }) => table)],
  );
  const state = await client.query<{ phase: string; state: string }>(
    `select p.phase, p.state from drydock.phases p
     where (p.state in ('cut-over', 'completed')) <> exists (select from drydock.moved_tables m where m.phase_id = p.id)`,
  );
  return [
    ...rows.map(({ phase, kinds }) => `the old names of ${phase} are of different kinds: ${kinds}`),
    ...state.rows.map((one) => `${one.phase} is ${one.state}, and its tables are elsewhere`),
  ];
}
