import { qualified } from '../../db/identifier.js';
import { isUniqueKey } from '../../legacy/catalog.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import { type BoundPhase, type BoundSource, bindPhase } from '../../mapping/bind.js';
import { keyIndexes } from '../../mapping/key-indexes.js';
import type { InvariantSpec, Phase, PhaseDefinition } from '../../mapping/phase.js';
import { keyOpportunitySources } from './keys.js';
import { opportunitiesMapping } from './mapping.js';
import { opportunitiesMerger } from './merge.js';
import { submissionsResolution } from './resolution.js';
import { reverseOpportunities } from './reverse.js';
import { KNOWN_STATUSES, OTHERWISE } from './statuses.js';

/** `opportunities` + `app_opportunities` + `workflow_results` -> `opportunities_unified`. */
export const opportunitiesPhase: PhaseDefinition = {
  name: 'opportunities',
  mapping: opportunitiesMapping,
  bind(legacy): Phase {
    const bound = bindPhase(opportunitiesMapping, legacy);
    const keys = foreignKeys(legacy);
    return {
      name: 'opportunities',
      schema: legacy.schema,
      bound,
      keyed: keyOpportunitySources(legacy, bound.sources),
      merger: opportunitiesMerger(bound),
      resolution: submissionsResolution(legacy, bound),
      indexes: [
        { table: 'unified', kind: 'primary key', columns: ['id'] },
        { table: 'unified', kind: 'btree', columns: ['merge_key'] },
        { table: 'unified', kind: 'btree', columns: ['submission_id'] },
        { table: 'folded', kind: 'btree', columns: ['merge_key'] },
        { table: 'folded', kind: 'btree', columns: ['unified_id'] },
        ...keyIndexes(bound),
      ],
      foreignKeys: keys,
      invariants: invariants(legacy),
      planChecks: {
        percentColumns: percentColumns(bound),
        vocabularies: bound.sources
          .filter((source) => source.columns.some((column) => column.name === 'status'))
          .map((source) => ({ source, column: 'status', known: KNOWN_STATUSES, becomes: OTHERWISE })),
      },
      reverse: reverseOpportunities(legacy, bound, keys.length > 0),
      after: null,
    };
  },
};

function foreignKeys(legacy: LegacyDatabase): Phase['foreignKeys'] {
  const submissions = legacy.tables.get('submissions');
  if (submissions === undefined || !isUniqueKey(submissions, 'id')) return [];
  // It would refuse rows of submissions that stand in an inheriting table.
  if (submissions.hasChildren) return [];
  return [
    {
      column: 'submission_id',
      references: { schema: submissions.schema, table: submissions.name, column: 'id' },
      onDelete: 'set null',
    },
  ];
}

/** Columns that hold 0..100 by their name, and that somebody may have filled with 0..1. */
function percentColumns(bound: BoundPhase): { source: BoundSource; column: string }[] {
  const names: Readonly<Record<string, readonly string[]>> = {
    app_opportunities: ['opportunity_score', 'trust_score'],
    workflow_results: [
      'market_demand',
      'pain_intensity',
      'monetization_potential',
      'market_gap',
      'technical_feasibility',
      'final_score',
    ],
  };
  return bound.sources.flatMap((source) =>
    source.columns
      .filter(
        (column) => names[source.rule.table]?.includes(column.name) === true && column.type.category === 'N',
      )
      .map((column) => ({ source, column: column.name })),
  );
}

function invariants(legacy: LegacyDatabase): InvariantSpec[] {
  const unified = qualified(legacy.schema, opportunitiesMapping.unified);
  const folded = qualified(legacy.schema, opportunitiesMapping.folded);
  const scores = ['trust_score', 'opportunity_score'].map((column) => `not (u.${column} between 0 and 100)`);
  const submissions = legacy.tables.get('submissions');
  const found: InvariantSpec[] = [
    {
      name: 'every unified row comes from a legacy row',
      broken: 'not (u.from_opportunities or u.from_app_opportunities or u.from_workflow_results)',
    },
    {
      name: 'every unified id is there once',
      violations: `select count(*) - count(distinct u.id) as n from ${unified} u`,
    },
    {
      name: 'every folded row belongs to a unified row',
      violations: `select count(*) as n from ${folded} f where not exists (select from ${unified} u where u.id = f.unified_id)`,
    },
    {
      name: 'scores lie between 0 and 100',
      broken: scores.join(' or '),
    },
    {
      name: 'generated scores equal what they are made of',
      broken: 'u.opportunity_assessment_score is distinct from u.opportunity_score',
    },
    {
      name: 'core_functions is an array of strings',
      broken: `jsonb_typeof(u.core_functions) <> 'array' or jsonb_path_exists(u.core_functions, 'strict $[*] ? (@.type() <> "string")', silent => true)`,
    },
    {
      name: 'created_at is not later than updated_at',
      broken: 'u.created_at > u.updated_at',
    },
  ];
  if (submissions !== undefined) {
    found.push({
      name: 'every submission_id is there',
      violations: `select count(*) as n from ${unified} u where u.submission_id is not null and not exists (select from ${qualified(submissions.schema, submissions.name)} s where s.id = u.submission_id)`,
    });
  }
  return found;
}
