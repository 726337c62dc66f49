import type { Desk, Draft } from './desk.js';

/** As dlt merges: everything of some submissions goes, and is there anew. */
export async function mergeChange(desk: Desk, draft: Draft): Promise<void> {
  const table = 'app_opportunities';
  const subs = Array.from({ length: 4 }, () => desk.tools.random.pick(desk.memory.submissions).reddit);
  const done = await desk.run(
    draft,
    table,
    `delete from public.${table} where submission_id = any ($1::text[])`,
    [subs],
  );
  const due = await desk.tools.query(
    `delete from afloat.expected where tbl = $1 and sub = any ($2::text[])`,
    [table, subs],
  );
  desk.same(done, due, `merge of ${table}`);
  const rows = subs.flatMap((sub) => [1, 2].map(() => ({ key: desk.tools.id(), sub })));
  const stamp = desk.stamp;
  const { columns } = desk.tools.tables[table];
  const values = Object.values(columns).map((value) =>
    value
      .replace('$1', 'r.key')
      .replace('$3', 'r.sub')
      .replace('$4', '$3::text')
      .replace('$5', `${desk.number}`),
  );
  const keys = rows.map(({ key }) => key);
  const list = rows.map(({ sub }) => sub);
  await desk.run(
    draft,
    table,
    `insert into public.${table} (${Object.keys(columns).join(', ')}) select ${values.join(', ')} from unnest($1::text[], $2::text[]) r (key, sub)`,
    [keys, list, stamp],
  );
  await desk.tools.query(
    `insert into afloat.expected select $4, r.key, null, r.sub, $3 from unnest($1::text[], $2::text[]) r (key, sub)`,
    [keys, list, stamp, table],
  );
  draft.effects.push(() => {
    for (const key of keys.slice(0, 2)) desk.memory.rows.push({ table, key });
  });
}

/** Moves something from one table to another: no snapshot may see it nowhere, or twice. */
export async function transferChange(desk: Desk, draft: Draft): Promise<void> {
  if (draft.shared) return;
  draft.shared = true;
  const amount = 1 + desk.tools.random.int(20);
  const pick = async (side: string) =>
    (
      await desk.tools.query('select id from afloat.bank where side = $1 order by id offset $2 limit 1', [
        side,
        desk.tools.random.int(12),
      ])
    ).rows[0]?.id as string;
  const [from, to] = [await pick('submissions'), await pick('workflow_results')];
  const back = desk.tools.random.chance(0.5) ? -1 : 1;
  await desk.run(
    draft,
    'submissions',
    'update public.submissions set upvotes = upvotes - $2::int where id = $1::uuid',
    [from, amount * back],
  );
  await desk.run(
    draft,
    'workflow_results',
    'update public.workflow_results set function_count = function_count + $2::int where id = $1::uuid',
    [to, amount * back],
  );
}

/** While the phase is cut over, applications may write to the unified table as well. */
export async function directChange(desk: Desk, draft: Draft): Promise<void> {
  if (desk.memory.opportunities.length === 0) return;
  // Its lock keeps the name what it is until the end of the transaction.
  await desk.tools.query('select from public.opportunities limit 0');
  const { rows } = await desk.tools.query(
    `select relkind from pg_class where oid = 'public.opportunities'::regclass`,
  );
  if (rows[0]?.relkind !== 'v') return;
  const id = desk.tools.random.pick(desk.memory.opportunities);
  const stamp = desk.stamp;
  const { rowCount } = await desk.tools.query(
    'update public.opportunities_unified set target_audience = $2 where id = $1::uuid',
    [id, stamp],
  );
  if (rowCount === 0) return;
  draft.direct += 1;
  await desk.tools.query(
    'insert into afloat.direct values ($1, $2) on conflict (id) do update set stamp = excluded.stamp',
    [id, stamp],
  );
}
