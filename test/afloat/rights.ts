import type pg from 'pg';
import { LEGACY_TABLES } from '../../src/redditharbor/tables.js';

/** Roles of an application: one that reads what a policy shows it, one that writes, one that may do nothing. */
const ROLES = ['afloat_reader', 'afloat_writer', 'afloat_nobody'] as const;

export const MAKE_ROLES = `
create role afloat_reader; create role afloat_writer; create role afloat_nobody;
grant usage on schema public to afloat_reader, afloat_writer;
grant select on public.opportunities, public.opportunity_scores to afloat_reader;
grant update (status) on public.opportunities to afloat_reader;
grant select, insert, update, delete on all tables in schema public to afloat_writer;
alter table public.opportunities enable row level security;
create policy shown on public.opportunities for select to afloat_reader using (app_name = 'App 1');
create policy own on public.opportunities to afloat_writer using (app_name <> 'App 2') with check (app_name <> 'App 2');
`;

/** What each role may do with each table, a line a fact. */
export async function rightsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ fact: string }>(
    `select concat_ws(' ', r, p, t, has_table_privilege(r, 'public.' || t, p), has_any_column_privilege(r, 'public.' || t, p)) as fact
     from unnest($1::text[]) r, unnest($2::text[]) t, unnest(array['select', 'insert', 'update']) p
     union all select concat_ws(' ', r, 'delete', t, has_table_privilege(r, 'public.' || t, 'delete')) from unnest($1::text[]) r, unnest($2::text[]) t
     order by 1`,
    [[...ROLES], [...LEGACY_TABLES]],
  );
  return rows.map(({ fact }) => fact);
}

/** Whether the policies show each role what they should, no more and no less, in one snapshot. */
export async function judgeSight(client: pg.Client, when: string): Promise<string[]> {
  const problems: string[] = [];
  await client.query('begin isolation level repeatable read');
  try {
    for (const [role, condition] of [
      ['afloat_reader', `app_name = 'App 1'`],
      ['afloat_writer', `app_name <> 'App 2'`],
    ] as const) {
      const count = async (where: string) =>
        (
          await client.query<{ n: number }>(
            `select count(*)::int as n from public.opportunities where ${where}`,
          )
        ).rows[0]?.n;
      const due = await count(condition);
      await client.query(`set local role ${role}`);
      const seen = await count('true');
      await client.query('reset role');
      if (seen !== due) problems.push(`${when}: ${role} sees ${seen} opportunities, and should see ${due}`);
    }
  } finally {
    await client.query('rollback');
  }
  return problems;
}
