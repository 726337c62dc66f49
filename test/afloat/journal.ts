import type pg from 'pg';
import { LEGACY_TABLES, type LegacyTableName } from '../../src/redditharbor/tables.js';
import type { Table } from './tables.js';

/**
 * What the tables must hold: each writer enters every change here in the transaction that makes it, so that both are
 * committed or neither, whatever the writer learns of it.
 */
export const JOURNAL = `
create schema afloat;
create table afloat.expected (
  tbl text not null,
  key text not null,
  parent text,
  sub text,
  stamp text,
  primary key (tbl, key)
);
create index on afloat.expected (parent);
create table afloat.committed (writer int not null, number int not null, primary key (writer, number));
create table afloat.bank (side text not null, id uuid primary key);
create table afloat.direct (id uuid primary key, stamp text not null);
`;

/** Money that is moved between two tables: the sum never changes, in no snapshot. */
export const BANK_SUM = `
select (select coalesce(sum(s.upvotes), 0) from public.submissions s join afloat.bank b on b.id = s.id)
  + (select coalesce(sum(w.function_count), 0) from public.workflow_results w join afloat.bank b on b.id = w.id) as sum`;

export const BANK_ROWS = 12;
export const DEPOSIT = 1_000;

/** Enters what is there before anybody writes, and makes the bank. */
export async function openJournal(
  client: pg.Client,
  tables: Readonly<Record<LegacyTableName, Table>>,
): Promise<void> {
  await client.query(JOURNAL);
  await client.query(`
    insert into afloat.bank select case when n <= ${BANK_ROWS} then 'submissions' else 'workflow_results' end, gen_random_uuid()
      from generate_series(1, ${2 * BANK_ROWS}) n;
    insert into public.submissions (id, submission_id, title, content, upvotes)
      select id, 'bank' || substr(id::text, 1, 8), 'bank', 'bank', ${DEPOSIT} from afloat.bank where side = 'submissions';
    insert into public.workflow_results (id, opportunity_id, app_name, ai_insight, function_count)
      select id, 'opp_bank' || substr(id::text, 1, 8), 'bank', 'bank', ${DEPOSIT} from afloat.bank where side = 'workflow_results'`);
  for (const name of LEGACY_TABLES) {
    const { key, stamp } = tables[name];
    await client.query(
      `insert into afloat.expected (tbl, key, stamp) select $1, ${key}::text, ${stamp} from public.${name}`,
      [name],
    );
  }
}

/**
 * What the tables hold and the journal does not, and the other way round: a change that was lost, one that was done
 * twice, a row that nobody wrote. Plain SQL over the old names, whatever stands under them.
 */
export async function judgeTables(
  client: pg.Client,
  tables: Readonly<Record<LegacyTableName, Table>>,
  when: string,
): Promise<string[]> {
  const problems: string[] = [];
  for (const name of LEGACY_TABLES) {
    const { key, stamp } = tables[name];
    const { rows } = await client.query<{
      key: string;
      expected: string | null;
      found: string | null;
      n: string;
    }>(
      `select coalesce(e.key, t.key) as key, e.stamp as expected, t.stamp as found, count(*) over () as n
       from (select key, stamp, true as there from afloat.expected where tbl = $1) e
       full join (select ${key}::text as key, ${stamp} as stamp, true as there from public.${name}) t on t.key = e.key
       where e.there is null or t.there is null or t.stamp is distinct from e.stamp
       union all
       select ${key}::text, 'once', count(*) || ' times', 1 from public.${name} group by 1 having count(*) > 1
       limit 3`,
      [name],
    );
    for (const { key: row, expected, found, n } of rows) {
      problems.push(
        `${when}: ${name} ${row} (one of ${n}): expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}`,
      );
    }
  }
  const { rows: direct } = await client.query<{
    id: string;
    expected: string;
    found: string | null;
    n: string;
  }>(
    `select d.id, d.stamp as expected, o.target_audience as found, count(*) over () as n
     from afloat.direct d join public.opportunities o on o.id = d.id where o.target_audience is distinct from d.stamp limit 3`,
  );
  for (const { id, expected, found, n } of direct) {
    problems.push(
      `${when}: written to the unified table, opportunities ${id} (one of ${n}): expected ${expected}, found ${found ?? 'nothing'}`,
    );
  }
  const { rows: sums } = await client.query<{ sum: string }>(BANK_SUM);
  if (Number(sums[0]?.sum) !== 2 * BANK_ROWS * DEPOSIT)
    problems.push(`${when}: the sum of the bank is ${sums[0]?.sum}`);
  return problems;
}
