import type pg from 'pg';

/** One thing that an application writes: a short transaction on one legacy table. */
export interface Write {
  readonly name: string;
  readonly text: string;
  /** Whether its parameter is a key of the table; else it is a number that was not used before. */
  readonly keyed: 'opportunities' | 'app_opportunities' | 'opportunity_scores' | 'submissions' | null;
}

/** What writers do all day, single rows by their keys, as an application's requests come. */
export const WRITES: readonly Write[] = [
  {
    name: 'review an opportunity',
    keyed: 'opportunities',
    text: `update opportunities set last_reviewed_at = now(), status = 'validated' where id = $1`,
  },
  {
    name: 'rate an app',
    keyed: 'app_opportunities',
    text: 'update app_opportunities set trust_score = 50 + random() * 50, trust_updated_at = now() where id = $1',
  },
  {
    name: 'a result of a workflow',
    keyed: null,
    text: `insert into workflow_results (opportunity_id, app_name, final_score) values ('opp_bench_' || $1, 'bench', 50)`,
  },
  {
    name: 'a score',
    keyed: 'opportunity_scores',
    text: 'update opportunity_scores set market_demand_score = (random() * 100)::int where id = $1',
  },
  {
    name: 'votes for a submission',
    keyed: 'submissions',
    text: 'update submissions set upvotes = upvotes % 1000000 + 1 where id = $1',
  },
];

const MOST_KEYS = 5_000;

/** The same keys every time, from all over the tables. */
export async function sampleKeys(client: pg.Client): Promise<ReadonlyMap<string, readonly string[]>> {
  const keys = new Map<string, readonly string[]>();
  for (const table of new Set(WRITES.flatMap(({ keyed }) => keyed ?? []))) {
    const { rows } = await client.query<{ id: string }>(
      `select id from (select id, row_number() over (order by md5(id::text)) as n from ${table}) r where n <= ${MOST_KEYS}`,
    );
    keys.set(
      table,
      rows.map(({ id }) => id),
    );
  }
  return keys;
}
