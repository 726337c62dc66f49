import type { LegacyTableName } from '../../src/redditharbor/tables.js';

/** A legacy table of generation B as the writers use it. */
export interface Table {
  readonly name: string;
  readonly key: string;
  /** The text column that says which changes a row has seen. */
  readonly stamp: string;
  /** Takes `on conflict (key)`. */
  readonly upsert: boolean;
  /** Columns of an insert; each from the parameters $1 key, $2 parent, $3 sub, $4 stamp, $5 number. */
  readonly columns: Readonly<Record<string, string>>;
  /** How a row moves to another submission or opportunity; null where it never does. */
  readonly move: string | null;
}

/** Shape B; `app_opportunities` as a migration made it, or as dlt loads it. */
export function tablesOf(app: 'table' | 'dlt'): Readonly<Record<LegacyTableName, Table>> {
  const appKey = app === 'table' ? { id: '$1::uuid' } : { _dlt_id: '$1', _dlt_load_id: `'load'` };
  const list: Readonly<Record<LegacyTableName, Omit<Table, 'name'>>> = {
    submissions: {
      key: 'id',
      stamp: 'content',
      upsert: true,
      columns: { id: '$1::uuid', submission_id: '$3', title: `'Submission ' || $5`, content: '$4' },
      move: null,
    },
    opportunities: {
      key: 'id',
      stamp: 'problem_statement',
      upsert: true,
      columns: {
        id: '$1::uuid',
        problem_statement: '$4',
        identified_from_submission_id: '$2::uuid',
        app_name: `'App ' || $5::int % 3`,
        opportunity_id: `'opp_' || $3`,
      },
      move: 'identified_from_submission_id = $2::uuid',
    },
    app_opportunities: {
      key: app === 'table' ? 'id' : '_dlt_id',
      stamp: 'notes',
      upsert: app === 'table',
      columns: {
        ...appKey,
        submission_id: '$3',
        problem_description: `'described'`,
        app_concept: `'Concept ' || $5`,
        core_functions: `'["one","two"]'`,
        value_proposition: `'value'`,
        target_user: `'user'`,
        monetization_model: `'model'`,
        notes: '$4',
      },
      move: 'submission_id = $3',
    },
    workflow_results: {
      key: 'id',
      stamp: 'ai_insight',
      upsert: true,
      columns: {
        id: '$1::uuid',
        opportunity_id: `'opp_' || $3`,
        app_name: `'App ' || $5::int % 3`,
        final_score: '$5::float8 / 3',
        ai_insight: '$4',
      },
      move: `opportunity_id = 'opp_' || $3 || '-' || $1::text`,
    },
    opportunity_scores: {
      key: 'id',
      stamp: 'scoring_notes',
      upsert: true,
      columns: {
        id: '$1::uuid',
        opportunity_id: '$2::uuid',
        market_demand_score: '$5::int % 101',
        pain_intensity_score: '50',
        monetization_potential_score: '$5::int % 7',
        score_version: `'v' || $5`,
        scoring_notes: '$4',
      },
      move: 'opportunity_id = $2::uuid',
    },
    market_validations: {
      key: 'id',
      stamp: 'notes',
      upsert: true,
      columns: {
        id: '$1::uuid',
        opportunity_id: '$2::uuid',
        validation_type: `'survey'`,
        validation_result: `'{"asked": ' || $5 || '}'`,
        notes: '$4',
      },
      move: 'opportunity_id = $2::uuid',
    },
    score_components: {
      key: 'id',
      stamp: 'evidence_text',
      upsert: true,
      columns: {
        id: '$1::uuid',
        opportunity_id: '$2::uuid',
        metric_name: `'metric ' || $5`,
        metric_value: '$5::int % 100',
        evidence_text: '$4',
      },
      move: 'opportunity_id = $2::uuid',
    },
  };
  return Object.fromEntries(
    Object.entries(list).map(([name, table]) => [name, { name, ...table }]),
  ) as Readonly<Record<LegacyTableName, Table>>;
}

/** Tables whose rows go when their opportunity does. */
export const CHILDREN: readonly LegacyTableName[] = [
  'opportunity_scores',
  'market_validations',
  'score_components',
];
