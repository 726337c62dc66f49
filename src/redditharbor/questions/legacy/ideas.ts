import { literal } from '../../../db/identifier.js';
import { fromClause, type KeyedSource } from '../../../mapping/keyed-source.js';
import type { Phase } from '../../../mapping/phase.js';
import { CREATED, EXTRA, MEANINGS, OTHERWISE, UPDATED } from '../declared-rules.js';
import { LegacyRow } from './columns.js';
import type { FoldText } from './fold-text.js';

/**
 * What a careful analyst has to write on the legacy tables before any question can be answered right: resolve four
 * spellings of one id, tell ideas apart, and take one row of each where there are several. The rules are those of the
 * phase's merger, as SQL; that both come to the same is checked with every answer.
 *
 * CTEs:
 *
 * - `a_best`: the row of `app_opportunities` that stands for each submission
 * - `o_all`: every row of `opportunities`, with the opportunity (`idea`) that it belongs to
 * - `o`, `a`, `w`: the row of `opportunities`, `app_opportunities`, `workflow_results` that stands for each opportunity
 * - `every`: all three side by side
 */
export interface LegacyIdeas {
  /** `with …`, up to the CTE that is asked for, without a comma at the end. */
  upTo(cte: 'a_best' | 'o' | 'a' | 'every'): string;
}

/** @param functions whether rows carry their `functions`: they are long, and only who asks for them should sort them */
export function legacyIdeas(phase: Phase, fold: FoldText, functions = false): LegacyIdeas | null {
  const keyed = (table: string) => phase.keyed.find(({ source }) => source.rule.table === table);
  const [opportunities, app, workflow] = [
    keyed('opportunities'),
    keyed('app_opportunities'),
    keyed('workflow_results'),
  ];
  if (opportunities === undefined || app === undefined) return null;
  const a_best = [app.with, ...appRows(app, functions)];
  const a = [...a_best, ...opportunityRows(opportunities, fold), attached('a_best', 'a', 'b.title', fold)];
  const every = [
    ...a,
    ...(workflow === undefined ? noWorkflow() : workflowRows(workflow, fold, functions)),
    everyIdea(functions),
  ];
  const o = [opportunities.with, ...opportunityRows(opportunities, fold)];
  const parts = { a_best, o, a, every };
  return { upTo: (cte) => parts[cte].join(',\n') };
}

function head(keyed: KeyedSource): readonly string[] {
  const row = new LegacyRow(keyed.source.table);
  const extra = (name: keyof typeof EXTRA) => keyed.extras[EXTRA[name] - 1] ?? 'null';
  return [
    `${keyed.key} as k`,
    `${extra('known')} as known`,
    `${extra('title')} as submission_title`,
    `${extra('submittedAt')} as submitted_at`,
    `${row.text('app_name')} as app_name`,
    `${status(row)} as status`,
    `${row.text('source_subreddit', 'subreddit')} as subreddit`,
    `${row.earliest(CREATED)} as created_at`,
    `${row.latest(UPDATED)} as updated`,
    `${row.filled()} as filled`,
  ];
}

function status(row: LegacyRow): string {
  const raw = row.text('status');
  const cases = Object.entries(MEANINGS).map(
    ([meaning, words]) => `when ${raw} in (${words.map(literal).join(', ')}) then ${literal(meaning)}`,
  );
  return `case ${cases.join(' ')} when ${raw} is not null then ${literal(OTHERWISE)} end`;
}

/** Rows of one submission are one opportunity only when name and problem are the same, however they are spelled. */
function opportunityRows(keyed: KeyedSource, fold: FoldText): string[] {
  const row = new LegacyRow(keyed.source.table);
  const columns = [
    'r.id',
    ...head(keyed),
    `${row.text('title')} as title`,
    `${row.text('problem_statement')} as problem`,
    `count(*) over (partition by ${keyed.key}) as rivals`,
  ];
  const folded = (column: string) => `case when rivals > 1 then ${fold(`coalesce(${column}, '')`)} end`;
  const rest =
    'id, k, known, submission_title, submitted_at, app_name, status, subreddit, title, rivals, name_folded';
  return [
    `o_rows as (select ${columns.join(', ')} from ${fromClause(keyed)})`,
    `o_folded as (select *, ${folded('coalesce(title, app_name)')} as name_folded, ${folded('problem')} as problem_folded from o_rows)`,
    `o_all as materialized (select ${rest}, first_value(id) over best as idea, row_number() over best = 1 as is_best,
  min(created_at) over (partition by k, name_folded, problem_folded) as created_at
  from o_folded window best as (partition by k, name_folded, problem_folded order by updated desc nulls last, filled desc, id))`,
    'o as (select * from o_all where is_best)',
  ];
}

/** All rows of one submission are one; they belong to the opportunity of the same name, else to the earliest. */
function attached(source: string, into: string, name: string, fold: FoldText): string {
  const named = `case when o.rivals > 1 and ${name} is not null then o.name_folded = ${fold(name)} and o.name_folded <> '' end`;
  return `${into} as (select distinct on (b.k) b.*, coalesce(o.id, b.k) as idea from ${source} b left join o on o.k = b.k
  order by b.k, coalesce(${named}, false) desc, o.created_at nulls last, o.id)`;
}

function best(from: string, per: string, into: string): string {
  const first = `min(created_at) over (partition by ${per})`;
  return `${into} as (select distinct on (${per}) *, ${first} as first_created_at from ${from} order by ${per}, updated desc nulls last, filled desc, id)`;
}

function appRows(keyed: KeyedSource, functions: boolean): string[] {
  const row = new LegacyRow(keyed.source.table);
  const columns = [
    // A table that dlt made has no id: rows that are alike in all the rest are equal.
    `${row.pick('id') ?? 'null::uuid'} as id`,
    ...head(keyed),
    `${row.text('title')} as title`,
    `${row.text('app_concept')} as app_concept`,
    `${row.percent('trust_score')} as trust_score`,
    `upper(${row.text('trust_level')} collate "C") as trust_level`,
    ...(functions ? [functionsOf(row, 'core_functions')] : []),
  ];
  return [
    `a_rows as (select ${columns.join(', ')} from ${fromClause(keyed)})`,
    best('a_rows', 'k', 'a_best'),
  ];
}

function functionsOf(row: LegacyRow, column: string): string {
  return `${row.text(column)} as functions`;
}

function workflowRows(keyed: KeyedSource, fold: FoldText, functions: boolean): string[] {
  const isNamed = keyed.source.table.shape.name === 'A';
  const named = keyed.extras[EXTRA.namedOpportunity - 1] ?? 'null';
  const columns = [
    'r.id',
    ...head(keyed),
    ...(isNamed ? [`${named} as named`] : []),
    ...(functions ? [functionsOf(new LegacyRow(keyed.source.table), 'function_list')] : []),
  ];
  const rows = `w_rows as (select ${columns.join(', ')} from ${fromClause(keyed)})`;
  if (!isNamed) return [rows, best('w_rows', 'k', 'w_best'), attached('w_best', 'w', 'b.app_name', fold)];
  // Each row names its opportunity.
  return [
    rows,
    `w_placed as (select b.*, coalesce(o.idea, b.k) as idea from w_rows b left join o_all o on o.id = b.named)`,
    best('w_placed', 'idea', 'w'),
  ];
}

function noWorkflow(): string[] {
  return [
    'w as (select null::uuid as idea, null::uuid as k, null::boolean as known, null::text as submission_title, null::timestamptz as submitted_at, null::text as app_name, null::text as status, null::timestamptz as first_created_at, null::text as functions where false)',
  ];
}

function everyIdea(functions: boolean): string {
  return `every as (select coalesce(o.id, a.idea, w.idea) as idea, coalesce(o.k, a.k, w.k) as k, coalesce(o.known, a.known, w.known) as known,
  coalesce(o.title, a.title, o.submission_title, a.submission_title, w.submission_title) as title,
  coalesce(o.status, a.status, w.status, ${literal(OTHERWISE)}) as status,
  coalesce(least(o.created_at, a.first_created_at, w.first_created_at), o.submitted_at, a.submitted_at, w.submitted_at) as created_at,
  coalesce(o.subreddit, a.subreddit, '') as subreddit, a.trust_score${functions ? ', a.functions as app_functions, w.functions as workflow_functions' : ''}
  from o full join a on a.idea = o.id full join w on w.idea = coalesce(o.id, a.idea))`;
}
