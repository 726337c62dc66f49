import { ident, literal, qualified } from '../../db/identifier.js';
import type { ColumnType } from '../../legacy/catalog.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import { foldedColumn } from '../../mapping/bind.js';
import type { MaterializedView } from '../../project/derived.js';
import { assessments as declared } from '../assessments.js';
import { opportunitiesMapping } from '../phases.js';
import { firstColumn, isNumber, keyText } from './columns.js';
import { type UsageTable, usageQuery } from './llm-usage.js';

/** Tables of ours that report their changes, so that a refresh knows what there is to do. */
export const BASES = [
  opportunitiesMapping.unified,
  opportunitiesMapping.folded,
  declared.model.into,
  declared.model.duplicates,
] as const;

/** How good an opportunity is, over all: what it scores weighs more than whom it comes from. */
const COMBINED = '0.7 * a.total_score + 0.3 * u.trust_score';
const IS_HIGH_VALUE = 'a.total_score > 70 and u.trust_score > 60 and a.validation_confidence > 0.7';

/** The views that this database can have, and those that it cannot, with the reason. */
export function viewsOf(
  legacy: LegacyDatabase,
  usage: readonly UsageTable[],
): {
  readonly views: MaterializedView[];
  readonly leftOut: { readonly name: string; readonly reason: string }[];
} {
  const { schema } = legacy;
  const opportunities = qualified(schema, opportunitiesMapping.unified);
  const assessments = qualified(schema, declared.model.into);
  const views: MaterializedView[] = [
    {
      name: 'mv_high_value_opportunities',
      query: `select u.id as opportunity_id, u.submission_id, u.title, u.app_name, u.status, u.subreddit, u.trust_level, u.trust_score,
  a.total_score, a.validation_confidence, ${COMBINED} as combined_score,
  row_number() over (order by ${COMBINED} desc, u.id) as rank, u.created_at
from ${opportunities} u join ${assessments} a on a.opportunity_id = u.id
where ${IS_HIGH_VALUE}`,
      key: ['opportunity_id'],
      bases: [opportunitiesMapping.unified, declared.model.into],
    },
    {
      name: 'mv_opportunity_trends',
      // An opportunity without a time has no day. One without a subreddit counts under the empty name.
      query: `select (u.created_at at time zone 'UTC')::date as day, ${keyText('u.subreddit')} as subreddit,
  count(*) as opportunities, avg(u.trust_score) as avg_trust_score, count(a.total_score) as assessed,
  avg(a.total_score) as avg_total_score, count(*) filter (where ${IS_HIGH_VALUE}) as high_value
from ${opportunities} u left join ${assessments} a on a.opportunity_id = u.id
where u.created_at is not null group by 1, 2`,
      key: ['day', 'subreddit'],
      bases: [opportunitiesMapping.unified, declared.model.into],
    },
  ];
  const leftOut: { name: string; reason: string }[] = [];
  const summary = validationSummary(legacy);
  if (summary !== null) views.push(summary);
  else leftOut.push({ name: 'mv_validation_summary', reason: 'there is no table market_validations' });
  const query = usageQuery(schema, usage);
  if (query === null) {
    const reason = 'no table has a column for the cost or the latency of a language model';
    leftOut.push({ name: 'mv_llm_usage', reason });
  } else {
    const bases = usage.every(({ unified }) => unified) ? BASES : null;
    views.push({ name: 'mv_llm_usage', query, key: ['day', 'model'], bases });
  }
  return { views, leftOut };
}

/** Per type of validation; from the rows that are kept whole, because an assessment only names their types. */
function validationSummary(legacy: LegacyDatabase): MaterializedView | null {
  const rule = declared.model.sources.find(({ table }) => table === 'market_validations');
  const table = legacy.tables.get('market_validations');
  if (table === undefined || rule === undefined) return null;
  const kept = (names: readonly string[], passes: (type: ColumnType) => boolean): string | undefined => {
    const name = firstColumn(table, names, passes);
    return name === undefined ? undefined : `r.${ident(foldedColumn(rule, name))}`;
  };
  const type = kept(['validation_type'], () => true);
  const confidence = kept(['confidence_score', 'confidence_level'], isNumber);
  const when = kept(['validation_date', 'created_at'], ({ kind }) => kind.startsWith('timestamp'));
  return {
    name: 'mv_validation_summary',
    query: `select ${keyText(`${type ?? 'null'}::text`)} as validation_type, count(*) as validations,
  count(distinct r.merge_key) as opportunities,
  avg(${confidence ?? 'null'}::numeric) as avg_confidence, max(${when ?? 'null::timestamptz'}) as newest
from ${qualified(legacy.schema, declared.model.duplicates)} r where r.source = ${literal(rule.table)} group by 1`,
    key: ['validation_type'],
    bases: [declared.model.duplicates],
  };
}
