import * as d from '../declare.js';
import { opportunitiesDeclaration as opportunities } from './opportunities.js';

/** `opportunity_scores` + `market_validations` + `score_components` -> `opportunity_assessments`. */

/** Rows are about the opportunity that they name; of one that is not there they stay together. */
const match = [d.thing(opportunities, 'opportunity_id'), d.named('opportunity_id'), d.named('id')] as const;

/** When a score was made, and last changed. */
export const TIMES = {
  created: ['created_at', 'score_date'],
  updated: ['updated_at', 'score_date'],
} as const;

/** What tells the shapes of scores: A has them from 0 to 1, B from 0 to 100, and several versions of each. */
const A = ['market_demand', 'pain_intensity', 'competition_level', 'technical_feasibility'] as const;
const B = ['market_demand_score', 'pain_intensity_score', 'market_gap_score', 'score_version'] as const;
const NEEDED = ['opportunity_id', 'simplicity_score'] as const;
const NEEDED_A = ['monetization_potential'] as const;
const NEEDED_B = ['monetization_potential_score', 'technical_feasibility_score'] as const;
type Named =
  | (typeof A | typeof B | typeof NEEDED | typeof NEEDED_A | typeof NEEDED_B)[number]
  | (typeof TIMES.created | typeof TIMES.updated)[number]
  | ('id' | 'total_score' | 'scoring_notes');

const scores = d.source<Record<Named, never>>('opportunity_scores', {
  identity: ['id'],
  match,
  variants: {
    A: { tells: A, needs: [...NEEDED, ...NEEDED_A] },
    B: { tells: B, needs: [...NEEDED, ...NEEDED_B] },
  },
  times: TIMES,
  winner: { by: 'newest', version: 'score_version' },
  prefix: 'score',
  names: {
    total_score: 'legacy_total_score', score_version: 'score_version', scoring_notes: 'scoring_notes', score_date: 'score_date',
  },
}); // biome-ignore format: names

const VALIDATION = ['opportunity_id', 'validation_type'] as const;
const validations = d.source('market_validations', {
  identity: ['id'],
  match,
  variants: {
    A: { tells: ['evidence', 'confidence_level'], needs: VALIDATION },
    B: { tells: ['validation_result', 'confidence_score', 'validation_source'], needs: VALIDATION },
  },
  times: { created: ['created_at', 'validation_date'], updated: ['updated_at', 'validation_date'] },
  whole: true,
  prefix: 'validation',
});

const components = d.source('score_components', {
  identity: ['id'],
  variants: {
    A: {
      tells: ['opportunity_score_id', 'component_type'],
      needs: ['value'],
      match: [d.via(scores, 'opportunity_score_id'), d.named('opportunity_score_id'), d.named('id')],
    },
    B: { tells: ['opportunity_id', 'metric_name', 'metric_value'], needs: [], match },
  },
  times: { created: ['created_at', 'calculated_at'], updated: ['calculated_at'] },
  whole: true,
  prefix: 'component',
});

/** The six dimensions with their weights in the total (those of shape B, which add up to 1). */
export const WEIGHTS = {
  market_demand_score: '0.20', pain_intensity_score: '0.25', monetization_potential_score: '0.20',
  market_gap_score: '0.10', technical_feasibility_score: '0.05', simplicity_score: '0.20',
} as const; // biome-ignore format: a table

/** Null when a dimension was never assessed: a zero would be invented data. */
export const TOTAL = Object.entries(WEIGHTS)
  .map(([dimension, weight]) => `${weight} * ${dimension}`)
  .join(' + ');

const scale = (a: d.Column<number>, b: d.Column<number>) => d.score(d.unit(a), d.percent(b));
const metric = [components.metric_name, components.component_type];
const evidence = [validations.evidence, validations.validation_result];
const confidence = [validations.confidence_score, validations.confidence_level];
const { simplicity_score: simplicity } = scores;

export const assessments = d.consolidation('assessments', {
  into: 'opportunity_assessments',
  duplicates: 'opportunity_assessment_records',
  thing: 'opportunity',
  ids: d.idsOf(scores, { otherwise: 'assessment:' }),
  sources: [scores, validations, components],
  columns: {
    opportunity_id: d.thing(opportunities),
    market_demand_score: scale(scores.market_demand, scores.market_demand_score),
    pain_intensity_score: scale(scores.pain_intensity, scores.pain_intensity_score),
    monetization_potential_score: scale(scores.monetization_potential, scores.monetization_potential_score),
    market_gap_score: d.score(d.unitComplement(scores.competition_level), d.percent(scores.market_gap_score)),
    technical_feasibility_score: scale(scores.technical_feasibility, scores.technical_feasibility_score),
    simplicity_score: d.score(d.inVariant('A', d.unit(simplicity)), d.inVariant('B', d.percent(simplicity))),
    validation_types: d.names(validations.validation_type),
    validation_evidence: d.newestOf({ name: validations.validation_type, value: evidence }),
    validation_confidence: d.mean(confidence, { as: 'numeric(5,4)', between: [0, 999_999_999] }),
    validation_count: d.count(validations),
    score_breakdown: d.newestOf({ name: metric, value: [components.metric_value, components.value] }),
    component_count: d.count(components),
    assessment_method: d.madeOf({
      SCORED_AND_VALIDATED: [scores, validations],
      SCORED: [scores],
      VALIDATION_ONLY: [validations],
      COMPONENTS_ONLY: [],
    }),
    assessment_version: d.text().else(scores.score_version),
    last_assessed_at: d.touched,
    created_at: d.earliest,
    updated_at: d.touched,
    total_score: d.generated('numeric(5,2)', TOTAL),
    assessor_type: d.empty('text'),
  },
});
