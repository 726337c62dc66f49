import { type KeyedSource, tableOf } from '../../../mapping/keyed-source.js';
import type { Phase } from '../../../mapping/phase.js';
import { versionRank } from '../../../mapping/versions.js';
import { TIMES, WEIGHTS } from '../../assessments.js';
import { LegacyRow } from './columns.js';

/**
 * What the legacy tables say about an opportunity, as CTEs that stand on `o_all` of `ideas.ts`: `c` with the current
 * score, `v` with the validations and `m` with the number of score components, each of one row per opportunity.
 */
export interface LegacyAssessments {
  /** Null where the table is not there. */
  readonly scores: string | null;
  readonly validations: string | null;
  readonly components: string | null;
}

export function legacyAssessments(phase: Phase): LegacyAssessments {
  const keyed = (table: string) => phase.keyed.find(({ source }) => source.rule.table === table);
  const [scores, validations, components] = [
    keyed('opportunity_scores'),
    keyed('market_validations'),
    keyed('score_components'),
  ];
  return {
    scores: scores === undefined ? null : currentScores(scores),
    validations: validations === undefined ? null : validationsOf(validations),
    components: components === undefined ? null : componentsOf(components, scores),
  };
}

/** The newest version of each opportunity's score; the scores of all rows that are one opportunity are its own. */
function currentScores({ source }: KeyedSource): string {
  const row = new LegacyRow(source.table);
  return `c as (select distinct on (o.idea) o.idea, ${totalOf(row)} as total_score
  from ${tableOf(source)} r join o_all o on o.id = r.opportunity_id order by o.idea, ${newestFirst(row)})`;
}

/** Which of several versions of a score is current: the one to come first. */
export function newestFirst(row: LegacyRow): string {
  return [
    `greatest(${row.latest(TIMES.updated)}, ${row.latest(TIMES.created)}) desc nulls last`,
    `${versionRank(row.text('score_version'))} desc`,
    `${row.latest(TIMES.updated)} desc nulls last`,
    `${row.filled()} desc`,
    row.pick('id') ?? 'null',
  ].join(', ');
}

/** On the scale of 0 to 100, with the weights of shape B. */
export function totalOf(row: LegacyRow): string {
  const stored = row.table.shape.name === 'B' ? row.pick('total_score') : null;
  if (stored !== null) return stored;
  const gap = `100 * (1 - ${row.pick('competition_level')})`;
  const parts = Object.entries(WEIGHTS).map(([dimension, weight]) => {
    const name = dimension === 'simplicity_score' ? dimension : dimension.replace(/_score$/, '');
    return `${weight} * ${name === 'market_gap' ? gap : row.percent(name, 100)}`;
  });
  return `round(${parts.join(' + ')}, 2)`;
}

function validationsOf({ source }: KeyedSource): string {
  const row = new LegacyRow(source.table);
  const type = `${row.text('validation_type')} collate "C"`;
  const confidence = row.pick('confidence_score', 'confidence_level');
  // A confidence outside the scale of 0 to 1 is none: -9.9999 was somebody's way of saying so.
  const valid = `${confidence}::numeric between 0 and 999999999`;
  const mean =
    confidence === null ? 'null::numeric' : `round(avg(${confidence}::numeric) filter (where ${valid}), 4)`;
  return `v as (select o.idea, jsonb_agg(distinct ${type}) filter (where ${type} is not null) as validation_types,
  ${mean} as validation_confidence
  from ${tableOf(source)} r join o_all o on o.id = r.opportunity_id group by o.idea)`;
}

function componentsOf(keyed: KeyedSource, scores: KeyedSource | undefined): string | null {
  const { table } = keyed.source;
  const from = tableOf(keyed.source);
  const counted = (joins: string) =>
    `m as (select o.idea, count(*) as component_count from ${from} r ${joins} group by o.idea)`;
  if (table.shape.name !== 'A') return counted('join o_all o on o.id = r.opportunity_id');
  return scores === undefined
    ? null
    : counted(
        `join ${tableOf(scores.source)} p on p.id = r.opportunity_score_id join o_all o on o.id = p.opportunity_id`,
      );
}
