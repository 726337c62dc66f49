import { ident, qualified } from '../../db/identifier.js';
import { rawText } from '../../keys/raw-id.js';
import type { LegacyTable } from '../../legacy/detect.js';
import type { Asked } from '../../project/questions.js';
import { bareId } from '../bare-id.js';
import { LEGACY_TABLES } from '../tables.js';
import { submissionPointers } from './declared-rules.js';
import { type Forms, needed } from './forms.js';
import { lacks } from './left-out.js';
import { newestFirst, totalOf } from './legacy/assessments.js';
import { LegacyRow } from './legacy/columns.js';

const SUBMISSIONS = 25;

/** One submission's whole opportunity: asked of submissions that no table has more than one row of. */
export function wholeOpportunity(forms: Forms): Asked {
  const named = {
    group: 'discovery',
    name: 'whole-opportunity',
    asks: `What is known of the opportunity of one submission (${SUBMISSIONS} in turn)`,
  } as const;
  const found = needed(forms, ...LEGACY_TABLES);
  if (found === null) return lacks(named, 'submissions, opportunities and all tables that name them');
  const { tables } = forms;
  const { submissions } = found;
  const o = new LegacyRow(found.opportunities, 'o');
  const app = new LegacyRow(found.app_opportunities);
  const workflow = new LegacyRow(found.workflow_results);
  const workflowIs = byOpportunity(workflow);
  const scores = new LegacyRow(found.opportunity_scores);
  const type = `${new LegacyRow(found.market_validations).text('validation_type')} collate "C"`;
  const pointer = o.pick(...submissionPointers(found.opportunities));
  return {
    ...named,
    parameters: parameters(forms, submissions, workflow),
    legacy: (id = '', reddit = '') => `select coalesce(${o.text('title')}, a.title, s.title::text) as title,
  coalesce(${o.text('problem_statement')}, a.problem) as problem_statement, a.app_concept, a.trust_score, w.ai_insight, c.total_score, v.validation_types,
  p.component_count
from ${nameOf(submissions)} s
join ${nameOf(found.opportunities)} o on ${pointer} = s.id
left join lateral (select ${app.text('title')} as title, ${app.text('problem_description')} as problem,
  ${app.text('app_concept')} as app_concept, ${app.percent('trust_score')} as trust_score
  from ${nameOf(found.app_opportunities)} r where r.submission_id in (${spelled(reddit, id)})) a on true
left join lateral (select ${workflow.text('ai_insight')} as ai_insight
  from ${nameOf(found.workflow_results)} r where ${workflowIs('o.id', spelled(reddit, id))}) w on true
left join lateral (select ${totalOf(scores)} as total_score from ${nameOf(found.opportunity_scores)} r
  where r.opportunity_id = o.id order by ${newestFirst(scores)} limit 1) c on true
left join lateral (select jsonb_agg(distinct ${type}) filter (where ${type} is not null) as validation_types
  from ${nameOf(found.market_validations)} r where r.opportunity_id = o.id) v on true
left join lateral (select count(*)::integer as component_count
  from ${nameOf(found.score_components)} r where ${componentsOf(found)}) p on true
where s.id = ${id}::uuid`,
    unified: (
      id = '',
    ) => `select u.title, u.problem_statement, u.app_concept, u.trust_score, ${unifiedInsight(workflow)} as ai_insight, a.total_score, a.validation_types,
  a.component_count
from ${tables.unified} u left join ${tables.assessments} a on a.opportunity_id = u.id
where u.submission_id = ${id}::uuid`,
  };
}

/** Submissions with a row in every table and no second one in any, each named in a spelling that was looked for. */
function parameters({ tables }: Forms, submissions: LegacyTable, workflow: LegacyRow): string {
  return `with once as (select (array_agg(s.id))[1] as id from ${nameOf(submissions)} s group by ${bareOf(submissions, 's')} having count(*) = 1)
select u.merge_key::text, ${bareOf(submissions, 's')} from ${tables.unified} u
join ${nameOf(submissions)} s on s.id = u.submission_id
join ${tables.assessments} a on a.opportunity_id = u.id
where u.from_opportunities and u.from_app_opportunities and u.submission_id = u.merge_key
  and u.opportunity_submission_id::text = s.id::text and u.app_submission_id in (${spelled(bareOf(submissions, 's'), 's.id::text')})
  and u.from_workflow_results and ${byOpportunity(workflow, 'u.workflow_opportunity_id')('u.id', spelled(bareOf(submissions, 's'), 's.id::text'))}
  and a.from_opportunity_scores and a.validation_count > 0
  and exists (select from once where once.id = s.id)
  and not exists (select from ${tables.unified} other where other.merge_key = u.merge_key and other.id <> u.id)
  and not exists (select from ${tables.duplicates} d where d.merge_key = u.merge_key)
order by u.merge_key limit ${SUBMISSIONS}`;
}

/** Whether a workflow is of an opportunity, which shape A names by its id, and B by its submission. */
function byOpportunity(
  workflow: LegacyRow,
  column = 'r.opportunity_id',
): (id: string, spellings: string) => string {
  return (id, spellings) =>
    workflow.table.shape.name === 'A' ? `${column} = ${id}` : `${column} in (${spellings})`;
}

function unifiedInsight(workflow: LegacyRow): string {
  return workflow.pick('ai_insight') === null ? 'null::text' : 'u.ai_insight';
}

/** Components name the opportunity, or one of its scores. */
function componentsOf(found: {
  readonly score_components: LegacyTable;
  readonly opportunity_scores: LegacyTable;
}): string {
  return found.score_components.shape.name === 'A'
    ? `r.opportunity_score_id in (select x.id from ${nameOf(found.opportunity_scores)} x where x.opportunity_id = o.id)`
    : 'r.opportunity_id = o.id';
}

function nameOf(table: LegacyTable): string {
  return qualified(table.schema, table.name);
}

/** Reddit's id of a submission, without prefix. */
function bareOf(submissions: LegacyTable, alias: string): string {
  const column = submissions.shape.name === 'A' ? 'reddit_id' : 'submission_id';
  return bareId(rawText(`${alias}.${ident(column)}`));
}

/** How the other tables may name a submission. */
function spelled(reddit: string, id: string): string {
  return [reddit, `'t3_' || ${reddit}`, `'opp_' || ${reddit}`, id].join(', ');
}
