import { qualified } from '../../db/identifier.js';
import type { LegacyTable } from '../../legacy/detect.js';
import type { Counts, TriggerSpec } from '../../project/derived.js';
import { opportunitiesMapping } from '../phases.js';
import { discussionQuality } from './discussion-quality.js';

/**
 * The derived metrics of submissions, and why each is kept as it is:
 *
 *   discussion_quality_score  follows from the submission's own row, so the view computes it when it is asked for. A
 *                             column for it would have to rewrite a live table, and could be out of date.
 *   opportunity_count,        are aggregates over another table. To compute them for every submission takes a scan of
 *   trust_score_avg           wide rows, so they are added up in a narrow table, which triggers keep up.
 *
 * The triggers only ever insert: what a statement changed goes into `submission_metric_changes`, and the view adds it to
 * `submission_metric_totals`. So a writer never waits for another one that has the same submission, cannot deadlock
 * with it, and cannot fail to serialize, whatever its isolation level; and every snapshot sees the opportunities and
 * their metrics change together. A counter that is updated in place has none of this. Now and then the changes are
 * folded into the totals, by a transaction that takes no lock that a writer needs.
 *
 * Averages are exact: sums and counts are kept, not averages.
 */
export interface Metrics {
  readonly schema: string;
  readonly submissions: string;
  readonly opportunities: string;
  readonly view: string;
  readonly totals: string;
  readonly changes: string;
  /** The query of the view. */
  readonly query: string;
}

export const METRICS_VIEW = 'submission_metrics';
const TOTALS = 'submission_metric_totals';
const CHANGES = 'submission_metric_changes';

export function metricsOf(schema: string, submissions: LegacyTable): Metrics {
  const named = {
    schema,
    submissions: qualified(submissions.schema, submissions.name),
    opportunities: qualified(schema, opportunitiesMapping.unified),
    view: qualified(schema, METRICS_VIEW),
    totals: qualified(schema, TOTALS),
    changes: qualified(schema, CHANGES),
  };
  const both = (column: string) => `coalesce(t.${column}, 0) + coalesce(c.${column}, 0)`;
  const query = `select s.id as submission_id,
  (${both('opportunities')})::bigint as opportunity_count,
  (${both('trust_sum')}) / nullif(${both('trust_scores')}, 0) as trust_score_avg,
  ${discussionQuality(submissions)} as discussion_quality_score
from ${named.submissions} s
left join ${named.totals} t on t.submission_id = s.id
left join (${summed(named.changes)}) c on c.submission_id = s.id`;
  return { ...named, query };
}

/** All that a run makes of them. */
export function countsOf(metrics: Metrics): Counts {
  const { opportunities, view, totals } = metrics;
  return {
    view: METRICS_VIEW,
    tables: [TOTALS, CHANGES],
    of: 'submissions',
    create: createTables(metrics),
    createView: (invoker) => createView(metrics, invoker),
    trigger: { purpose: METRICS_PURPOSE, body: triggerBody(metrics) },
    triggers: METRIC_TRIGGERS,
    toCount: `select count(*) as rows from ${opportunities}`,
    counted: `select count(*) as n from ${view}`,
    totals,
    lock: lockCounted(metrics),
    recount: (condition) => recount(metrics, condition),
    countedIn: (condition) =>
      `select coalesce(sum(opportunities), 0)::bigint as rows_in, count(*) as rows_out
     from ${totals} where ${condition('submission_id')}`,
    fold: fold(metrics),
    wrong: wrongMetrics(metrics),
  };
}

const COLUMNS = 'submission_id, opportunities, trust_sum, trust_scores';

function summed(changes: string): string {
  return `select submission_id, sum(opportunities) as opportunities, sum(trust_sum) as trust_sum, sum(trust_scores) as trust_scores
  from ${changes} group by submission_id`;
}

/** What rows of opportunities come to, per submission. */
function counted(rows: string, sign: '' | '-' = ''): string {
  return `select r.submission_id, ${sign}count(*), ${sign}coalesce(sum(r.trust_score), 0), ${sign}count(r.trust_score)
  from ${rows} r where r.submission_id is not null`;
}

function createTables({ totals, changes }: Metrics): string[] {
  const columns = 'opportunities bigint not null, trust_sum numeric not null, trust_scores bigint not null';
  return [
    `create table ${totals} (submission_id uuid primary key, ${columns})`,
    `create table ${changes} (submission_id uuid not null, ${columns})`,
    // It has no key: where a database publishes all of its tables, Postgres would delete no row of it without this.
    `alter table ${changes} replica identity full`,
  ];
}

/** @param invoker - whether the server can have a view's reader answer for what it reads, row-level security included */
function createView({ view, query }: Metrics, invoker: boolean): string {
  return `create view ${view}${invoker ? ' with (security_invoker = true)' : ''} as ${query}`;
}

/** The body of the trigger function. */
function triggerBody({ totals, changes }: Metrics): string {
  return `
begin
  if tg_op = 'TRUNCATE' then
    -- Nobody else is writing: TRUNCATE has the table to itself. What a snapshot cannot see has to go, too.
    truncate ${totals}, ${changes};
  elsif tg_op = 'INSERT' then
    insert into ${changes} (${COLUMNS}) ${counted('new_rows')} group by r.submission_id;
  elsif tg_op = 'DELETE' then
    insert into ${changes} (${COLUMNS}) ${counted('old_rows', '-')} group by r.submission_id;
  else
    insert into ${changes} (${COLUMNS})
    select d.submission_id, sum(d.n), sum(d.trust_sum), sum(d.trust_scores)
    from (
      ${counted('new_rows')} group by r.submission_id
      union all
      ${counted('old_rows', '-')} group by r.submission_id
    ) d (submission_id, n, trust_sum, trust_scores)
    group by d.submission_id
    having sum(d.n) <> 0 or sum(d.trust_sum) <> 0 or sum(d.trust_scores) <> 0;
  end if;
  return null;
end`;
}

const METRICS_PURPOSE = 'count_metrics';

/** The triggers on the opportunities. */
const METRIC_TRIGGERS: readonly TriggerSpec[] = [
  { name: 'insert', when: 'after insert', referencing: 'referencing new table as new_rows' },
  {
    name: 'update',
    when: 'after update',
    referencing: 'referencing old table as old_rows new table as new_rows',
  },
  { name: 'delete', when: 'after delete', referencing: 'referencing old table as old_rows' },
  { name: 'truncate', when: 'after truncate' },
].map(({ name, ...rest }) => ({
  purpose: METRICS_PURPOSE,
  name: `drydock_metrics_${name}`,
  table: opportunitiesMapping.unified,
  ...rest,
}));

/**
 * Locks what a count reads and writes. Before the transaction's first query: then its snapshot is younger than the last
 * rewrite of any of them.
 */
function lockCounted({ opportunities, totals, changes }: Metrics): string[] {
  return [
    // In the order in which TRUNCATE of the opportunities takes them.
    `lock table ${opportunities} in access share mode`,
    `lock table ${totals}, ${changes} in row exclusive mode`,
  ];
}

/**
 * Counts a range of submissions anew, behind the locks. Whole and right in one snapshot, which sees each opportunity together with what
 * its trigger wrote, or neither: the changes that it sees are in what it counts, those that it does not see stay.
 */
function recount(metrics: Metrics, condition: (column: string) => string): string[] {
  const { opportunities, totals, changes } = metrics;
  return [
    `delete from ${changes} where ${condition('submission_id')}`,
    `delete from ${totals} where ${condition('submission_id')}`,
    `insert into ${totals} (${COLUMNS}) ${counted(opportunities)} and ${condition('r.submission_id')} group by r.submission_id`,
  ];
}

/** Adds to the totals the changes that are there, and takes them away. */
function fold({ totals, changes }: Metrics): string[] {
  return [
    `lock table ${totals}, ${changes} in row exclusive mode`,
    `with gone as (delete from ${changes} returning ${COLUMNS})
insert into ${totals} as t (${COLUMNS})
${summed('gone')}
on conflict (submission_id) do update set opportunities = t.opportunities + excluded.opportunities,
  trust_sum = t.trust_sum + excluded.trust_sum, trust_scores = t.trust_scores + excluded.trust_scores`,
    `delete from ${totals} where opportunities = 0`,
  ];
}

/** The number of submissions whose metrics are not what a fresh count gives. */
function wrongMetrics({ submissions, opportunities, view }: Metrics): string {
  return `select count(*) as n
from (
  select s.id, count(u.submission_id) as opportunities, avg(u.trust_score) as trust
  from ${submissions} s left join ${opportunities} u on u.submission_id = s.id group by s.id
) f
full join ${view} m on m.submission_id = f.id
where f.id is null or m.submission_id is null
  or m.opportunity_count <> f.opportunities or m.trust_score_avg is distinct from f.trust`;
}
