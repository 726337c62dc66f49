import { qualified } from '../../db/identifier.js';
import { type BoundPhase, type BoundSource, bindPhase } from '../../mapping/bind.js';
import { keyIndexes } from '../../mapping/key-indexes.js';
import type { InvariantSpec, Phase, PhaseDefinition } from '../../mapping/phase.js';
import { opportunitiesMapping } from '../opportunities/mapping.js';
import { keyAssessmentSources } from './keys.js';
import { assessmentsMapping, DIMENSIONS, TOTAL } from './mapping.js';
import { assessmentsMerger } from './merge.js';
import { reverseAssessments } from './reverse.js';

/** `opportunity_scores` + `market_validations` + `score_components` -> `opportunity_assessments`. */
export const assessmentsPhase: PhaseDefinition = {
  name: 'assessments',
  mapping: assessmentsMapping,
  bind(legacy, existing): Phase {
    const bound = bindPhase(assessmentsMapping, legacy);
    const unifiedExists = existing.has('opportunities');
    return {
      name: 'assessments',
      schema: legacy.schema,
      bound,
      keyed: keyAssessmentSources(legacy, bound.sources, unifiedExists),
      merger: assessmentsMerger(bound),
      resolution: null,
      indexes: [
        { table: 'unified', kind: 'primary key', columns: ['id'] },
        { table: 'unified', kind: 'unique', columns: ['merge_key'] },
        { table: 'unified', kind: 'unique', columns: ['opportunity_id'] },
        { table: 'folded', kind: 'btree', columns: ['merge_key'] },
        ...keyIndexes(bound),
      ],
      foreignKeys: [
        {
          column: 'opportunity_id',
          references: { schema: legacy.schema, table: opportunitiesMapping.unified, column: 'id' },
          onDelete: 'cascade',
        },
      ],
      invariants: invariants(legacy.schema),
      planChecks: { percentColumns: percentColumns(bound), vocabularies: [] },
      reverse: reverseAssessments(legacy, bound),
      after: 'opportunities',
    };
  },
};

function percentColumns(bound: BoundPhase): { source: BoundSource; column: string }[] {
  return bound.sources
    .filter((source) => source.rule.table === 'opportunity_scores' && source.table.shape.name === 'B')
    .flatMap((source) =>
      source.columns
        .filter(
          (column) => (DIMENSIONS as readonly string[]).includes(column.name) && column.type.category === 'N',
        )
        .map((column) => ({ source, column: column.name })),
    );
}

function invariants(schema: string): InvariantSpec[] {
  const unified = qualified(schema, assessmentsMapping.unified);
  const folded = qualified(schema, assessmentsMapping.folded);
  const opportunities = qualified(schema, opportunitiesMapping.unified);
  const ranges = DIMENSIONS.map((dimension) => `not (u.${dimension} between 0 and 100)`).join(' or ');
  return [
    {
      name: 'every opportunity has at most one assessment',
      violations: `select count(u.opportunity_id) - count(distinct u.opportunity_id) as n from ${unified} u`,
    },
    {
      name: 'every record belongs to an assessment',
      violations: `select count(*) as n from ${folded} f where not exists (select from ${unified} u where u.merge_key = f.merge_key)`,
    },
    {
      name: 'every assessed opportunity is there',
      violations: `select count(*) as n from ${unified} u where u.opportunity_id is not null and not exists (select from ${opportunities} o where o.id = u.opportunity_id)`,
    },
    {
      name: 'dimensions lie between 0 and 100',
      broken: ranges,
    },
    {
      name: 'totals equal what they are made of',
      broken: `u.total_score is distinct from (${TOTAL})::numeric(5,2)`,
    },
  ];
}
