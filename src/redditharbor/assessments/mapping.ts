import { score } from '../../mapping/conversions/score.js';
import {
  type ComputedColumn,
  type Home,
  homesOf,
  type PhaseMapping,
  type SourceRule,
} from '../../mapping/mapping.js';

const own = (target: string): Home => ({ kind: 'own', target });
const read = (target: string): Home => ({ kind: 'own', target, read: true });
const key = (target: string): Home => ({ kind: 'own', target, read: true, key: true });
const dimension = (target: string, scale: 'percent' | 'unit' | 'unitComplement'): Home => ({
  kind: 'golden',
  target,
  conversion: score(scale),
});

const scores: SourceRule = {
  table: 'opportunity_scores',
  prefix: 'score',
  flag: 'from_opportunity_scores',
  identity: ['id'],
  locators: ['opportunity_id'],
  looseIdentity: [],
  winnerTimes: ['updated_at', 'score_date', 'score_version'],
  homes: homesOf({
    id: { kind: 'id' },
    opportunity_id: key('score_opportunity_id'),
    market_demand: dimension('market_demand_score', 'unit'),
    pain_intensity: dimension('pain_intensity_score', 'unit'),
    monetization_potential: dimension('monetization_potential_score', 'unit'),
    competition_level: dimension('market_gap_score', 'unitComplement'),
    technical_feasibility: dimension('technical_feasibility_score', 'unit'),
    market_demand_score: dimension('market_demand_score', 'percent'),
    pain_intensity_score: dimension('pain_intensity_score', 'percent'),
    monetization_potential_score: dimension('monetization_potential_score', 'percent'),
    market_gap_score: dimension('market_gap_score', 'percent'),
    technical_feasibility_score: dimension('technical_feasibility_score', 'percent'),
    total_score: own('legacy_total_score'),
    score_version: read('score_version'),
    scoring_notes: own('scoring_notes'),
    score_date: read('score_date'),
    created_at: read('score_created_at'),
    updated_at: read('score_updated_at'),
  }),
};

/** simplicity_score has one name in both shapes, and a scale of its own in each. */
const simplicity: Home = {
  kind: 'golden',
  target: 'simplicity_score',
  conversion: (column, shape) => score(shape === 'A' ? 'unit' : 'percent')(column, shape),
};

/** Rows that are kept whole, next to their assessment; what is read here goes into its summary columns. */
const validations: SourceRule = {
  table: 'market_validations',
  prefix: 'validation',
  flag: null,
  identity: ['id'],
  locators: ['opportunity_id'],
  looseIdentity: [],
  winnerTimes: [],
  homes: homesOf({
    id: key('id'),
    opportunity_id: key('opportunity_id'),
    validation_type: read('validation_type'),
    evidence: read('evidence'),
    validation_result: read('validation_result'),
    confidence_level: read('confidence_level'),
    confidence_score: read('confidence_score'),
    validation_date: read('validation_date'),
    created_at: read('created_at'),
    updated_at: read('updated_at'),
  }),
};

const components: SourceRule = {
  table: 'score_components',
  prefix: 'component',
  flag: null,
  identity: ['id'],
  locators: ['opportunity_id', 'opportunity_score_id'],
  looseIdentity: [],
  winnerTimes: [],
  homes: homesOf({
    id: key('id'),
    opportunity_id: key('opportunity_id'),
    opportunity_score_id: key('opportunity_score_id'),
    component_type: read('component_type'),
    metric_name: read('metric_name'),
    value: read('value'),
    metric_value: read('metric_value'),
    created_at: read('created_at'),
    calculated_at: read('calculated_at'),
  }),
};

/** The six dimensions with their weights in the total (those of shape B, which add up to 1). */
export const WEIGHTS = {
  market_demand_score: '0.20',
  pain_intensity_score: '0.25',
  monetization_potential_score: '0.20',
  market_gap_score: '0.10',
  technical_feasibility_score: '0.05',
  simplicity_score: '0.20',
} as const;

export const DIMENSIONS = Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[];

/** Null when a dimension was never assessed: a zero would be invented data. */
export const TOTAL = Object.entries(WEIGHTS)
  .map(([dimension, weight]) => `${weight} * ${dimension}`)
  .join(' + ');

export const DIMENSION_COLUMNS: readonly ComputedColumn[] = DIMENSIONS.map((name) => ({
  name,
  ddl: `numeric(5,2) check (${name} between 0 and 100)`,
}));

export const assessmentsMapping: PhaseMapping = {
  phase: 'assessments',
  thing: 'opportunity',
  unified: 'opportunity_assessments',
  folded: 'opportunity_assessment_records',
  isOnePerKey: true,
  defaults: {
    id: 'gen_random_uuid()',
    merge_key: 'gen_random_uuid()',
    created_at: 'now()',
    updated_at: 'now()',
    validation_count: '0',
    component_count: '0',
    assessment_method: `'SCORED'`,
  },
  sources: [
    { ...scores, homes: new Map([...scores.homes, ['simplicity_score', simplicity]]) },
    validations,
    components,
  ],
  computed: [
    { name: 'id', ddl: 'uuid not null' },
    { name: 'merge_key', ddl: 'uuid not null' },
    { name: 'opportunity_id', ddl: 'uuid' },
    ...DIMENSION_COLUMNS,
    { name: 'validation_types', ddl: 'jsonb' },
    { name: 'validation_evidence', ddl: 'jsonb' },
    { name: 'validation_confidence', ddl: 'numeric(5,4)' },
    { name: 'validation_count', ddl: 'integer not null' },
    { name: 'score_breakdown', ddl: 'jsonb' },
    { name: 'component_count', ddl: 'integer not null' },
    { name: 'assessment_method', ddl: 'text not null' },
    { name: 'assessment_version', ddl: 'text' },
    { name: 'last_assessed_at', ddl: 'timestamptz' },
    { name: 'created_at', ddl: 'timestamptz' },
    { name: 'updated_at', ddl: 'timestamptz' },
    { name: 'from_opportunity_scores', ddl: 'boolean not null' },
    { name: 'residue', ddl: 'jsonb' },
  ],
  always: [
    { name: 'total_score', ddl: `numeric(5,2) generated always as (${TOTAL}) stored` },
    // No legacy table says who assessed; left empty for those who will.
    { name: 'assessor_type', ddl: 'text' },
  ],
};
