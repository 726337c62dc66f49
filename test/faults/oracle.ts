import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { inequalities, pairsOf } from '../support/legacy-pairs.js';
import { halfTurned, rowsOf } from './old-names.js';
import type { Scenario } from './scenario.js';
import { differencesBetween, takeSnapshot } from './snapshot.js';
import type { Prepared } from './workshop.js';

/**
 * Whether a database is as it must be after a run, asked of Postgres itself: nothing of Drydock's own code is used,
 * and nothing it says is believed. Gives what is wrong, as sentences.
 */
export async function judgeFinished(
  client: pg.Client,
  scenario: Scenario,
  { expected, oldNames }: Pick<Prepared, 'expected' | 'oldNames'>,
): Promise<string[]> {
  const problems = await leftovers(client);
  if (scenario.turn !== null) {
    problems.push(...differencesBetween(expected, await takeSnapshot(client, true)));
    return [...problems, ...(await oldNamesHold(client, scenario, oldNames))];
  }
  const found = await takeSnapshot(client, !scenario.replace);
  problems.push(...differencesBetween(expected, found));
  if (found.ledger.length === 0) return [...problems, 'there is no ledger'];
  const views = await client.query(`select from pg_views where viewname ~ '_legacy$'`);
  if (views.rowCount === pairsOf(scenario.mixture).length)
    problems.push(...(await inequalities(client, pairsOf(scenario.mixture))));
  else problems.push(`${views.rowCount} legacy views are there`);
  problems.push(...(await accounting(client, scenario)));
  problems.push(...(await violations(client, FINISHED)));
  return problems;
}

/**
 * Whether a database is as it may be between two runs: what a batch's entry says is what is there, neither more nor
 * less, and nothing is called verified that is not finished.
 */
export async function judgeInterrupted(
  client: pg.Client,
  scenario: Scenario,
  { expected, oldNames }: Pick<Prepared, 'expected' | 'oldNames'>,
): Promise<string[]> {
  const problems = await leftovers(client);
  if (scenario.turn !== null) return [...problems, ...(await oldNamesHold(client, scenario, oldNames))];
  const known = await client.query(`select from pg_namespace where nspname = 'drydock'`);
  if (known.rowCount === 1) problems.push(...(await batchesHold(client)));
  const { legacy } = await takeSnapshot(client, false);
  if (legacy.join('\n') !== expected.legacy.join('\n')) problems.push('the legacy tables were changed');
  return problems;
}

/** Applications read the same rows under the old names, whatever stands there. */
async function oldNamesHold(
  client: pg.Client,
  { mixture }: Scenario,
  oldNames: readonly string[],
): Promise<string[]> {
  const found = await rowsOf(client, mixture);
  const changed = found.filter((line, index) => line !== oldNames[index]);
  return [...changed.map((line) => `under its old name ${line}`), ...(await halfTurned(client, mixture))];
}

const TABLES = {
  opportunities: ['opportunities_unified', 'opportunity_duplicates'],
  assessments: ['opportunity_assessments', 'opportunity_assessment_records'],
} as const;

/** Law 4: the rows of every booked batch are there, and none of a batch that never was. */
async function batchesHold(client: pg.Client): Promise<string[]> {
  const problems: string[] = [];
  for (const [phase, [unified, folded]] of Object.entries(TABLES)) {
    const { rows } = await client.query(
      `select from drydock.phases where phase = $1 and schema_name = 'public'`,
      [phase],
    );
    if (rows.length === 0) continue;
    problems.push(
      ...(await violations(client, {
        [`a batch of ${phase} does not hold the rows that the ledger says`]: `
          select b.number from drydock.batches b join drydock.phases p on p.id = b.phase_id and p.phase = '${phase}'
          cross join lateral (select count(*) as n from public.${unified} t where ${within('t')}) u
          cross join lateral (select count(*) as n from public.${folded} t where ${within('t')}) f
          where (b.attempts = 0 or b.status = 'done') and (u.n <> b.rows_out or f.n <> b.folded)`,
        [`${phase} is called verified although batches are pending`]: `
          select from drydock.phases p join drydock.batches b on b.phase_id = p.id
          where p.phase = '${phase}' and p.state <> 'loading' and b.status = 'pending'`,
        [`${phase} is called verified, and no verification is recorded`]: `
          select from drydock.phases p where p.phase = '${phase}' and p.state = 'verified'
            and not exists (select from drydock.verifications v where v.phase_id = p.id and v.equal)`,
      })),
    );
  }
  return problems;
}

function within(alias: string): string {
  return `(b.key_from is null or ${alias}.merge_key >= b.key_from) and (b.key_to is null or ${alias}.merge_key < b.key_to)`;
}

/** Queries that give no row. */
const FINISHED: Readonly<Record<string, string>> = {
  'a phase is not verified': `select from drydock.phases where state <> 'verified'`,
  'a batch is not loaded': `select from drydock.batches where status <> 'done'`,
  'a verification that found a difference is the last word': `
    select from drydock.phases p where not coalesce(
      (select v.equal from drydock.verifications v where v.phase_id = p.id order by v.id desc limit 1), false)`,
  'the last run of a phase did not end well': `
    select from drydock.phases p where 'verified' is distinct from
      (select r.outcome from drydock.runs r where r.phase_id = p.id order by r.id desc limit 1)`,
  'an id stands twice in opportunities_unified': `select id from public.opportunities_unified group by id having count(*) > 1`,
  'an id stands twice in opportunity_assessments': `select id from public.opportunity_assessments group by id having count(*) > 1`,
  'an opportunity is assessed twice': `select opportunity_id from public.opportunity_assessments where opportunity_id is not null group by opportunity_id having count(*) > 1`,
  'an index is not valid': `select from pg_index where not (indisvalid and indisready)`,
  'a constraint is not validated': `select from pg_constraint where not convalidated`,
};

async function violations(client: pg.Client, queries: Readonly<Record<string, string>>): Promise<string[]> {
  const problems: string[] = [];
  for (const [problem, query] of Object.entries(queries)) {
    const { rowCount, rows } = await client.query(query).catch((error: Error) => ({
      rowCount: null,
      rows: [error.message], // a table that has to be there is not
    }));
    if (rowCount !== 0) problems.push(`${problem} (${rowCount} times, first ${JSON.stringify(rows[0])})`);
  }
  return problems;
}

/** Law 2: each legacy table's rows = primary + folded + rejected, as the ledger has booked them. */
async function accounting(client: pg.Client, scenario: Scenario): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, table } of pairsOf(scenario.mixture)) {
    const { rows } = await client.query<{ there: string; booked: string; read: string }>(
      `select (select count(*) from ${table})::text as there,
         sum((sources -> $1 ->> 'primary')::int + (sources -> $1 ->> 'folded')::int + (sources -> $1 ->> 'rejected')::int)::text as booked,
         sum((sources -> $1 ->> 'read')::int)::text as read
       from drydock.batches`,
      [name],
    );
    const { there, booked, read } = rows[0] ?? {};
    if (there !== booked || there !== read)
      problems.push(
        `${name} has ${there} rows; the ledger accounts for ${booked}, and says ${read} were read`,
      );
  }
  return problems;
}

const GONE_WITHIN_MS = 15_000;

/** What a run may leave behind and must not: backends, advisory locks, temporary and prepared things. */
async function leftovers(client: pg.Client): Promise<string[]> {
  const deadline = Date.now() + GONE_WITHIN_MS;
  for (;;) {
    const problems = await violations(client, {
      'a backend is left': `select pid, state, left(query, 60) as query from pg_stat_activity
        where datname = current_database() and application_name = 'drydock'`,
      'a lock is left': `select locktype, mode from pg_locks
        where database = (select oid from pg_database where datname = current_database())
          and pid <> pg_backend_pid()
          and pid not in (select pid from pg_stat_activity where application_name = 'fault harness' or backend_type <> 'client backend')`,
      // After a crash the catalog still names those of the sessions that it ended, until the server has cleared them away:
      // under the number of a session of the harness, too, which got it since and has none.
      'a temporary table is left': `select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where relpersistence = 't' and relkind = 'r'
          and nspname in (select 'pg_temp_' || backend from pg_stat_get_backend_idset() backend
            join pg_stat_activity on pid = pg_stat_get_backend_pid(backend)
            where application_name <> 'fault harness' and backend_type = 'client backend')`,
      'a staging table is left': `select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where relname ~ '^drydock_' and n.nspname !~ '^pg_'`,
      'a prepared transaction is left': 'select gid from pg_prepared_xacts',
    });
    if (problems.length === 0 || Date.now() > deadline) return problems;
    await sleep(25);
  }
}
