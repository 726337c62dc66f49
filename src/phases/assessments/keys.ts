import { ident, qualified } from '../../db/identifier.js';
import { asUuid, ownKey } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import { type BoundSource, foldedColumn } from '../../mapping/bind.js';
import type { KeyedSource } from '../../mapping/keyed-source.js';
import { opportunitiesMapping } from '../opportunities/mapping.js';

/** The one extra: the unified opportunity, null for a row that belongs to none. */
export const EXTRA = { opportunity: 1 } as const;
export const HEAD = 2;

/**
 * The merge key of an assessment is its unified opportunity's id: the opportunity that a row names, or the one
 * that it was folded into. A row that names none keeps the id that it names, or its own.
 *
 * @param unifiedExists whether the opportunities phase has its tables; before that, a plan goes by the legacy ids
 */
export function keyAssessmentSources(
  legacy: LegacyDatabase,
  sources: readonly BoundSource[],
  unifiedExists: boolean,
): KeyedSource[] {
  return sources.map((source) => {
    const pointer = opportunityOf(source, legacy);
    const unified = unifiedExists ? resolveUnified(legacy, pointer.id) : resolveLegacy(legacy, pointer.id);
    return {
      source,
      with: '',
      roughly: '',
      narrowly: '',
      names: null,
      joins: `${pointer.joins} ${unified.joins}`,
      key: `coalesce(${[unified.id, pointer.id, ...pointer.otherwise, ownKey(columnOf(source.table, 'id'))].join(', ')})`,
      extras: [unified.id],
      orphan: `${unified.id} is null`,
    };
  });
}

interface Pointer {
  readonly joins: string;
  /** The opportunity that the row names. */
  readonly id: string;
  /** What keeps rows together that name none. */
  readonly otherwise: readonly string[];
}

function opportunityOf(source: BoundSource, legacy: LegacyDatabase): Pointer {
  const kind = (name: string) => columnOf(source.table, name)?.type.kind;
  const direct = kind('opportunity_id');
  const viaScore = kind('opportunity_score_id');
  if (viaScore === undefined || source.table.shape.name !== 'A') {
    return { joins: '', id: asUuid('r.opportunity_id', direct ?? ''), otherwise: [] };
  }
  const score = asUuid('r.opportunity_score_id', viaScore);
  const scores = legacy.tables.get('opportunity_scores');
  if (scores === undefined) return { joins: '', id: 'null::uuid', otherwise: [score] };
  const scoreKind = columnOf(scores, 'opportunity_id')?.type.kind ?? '';
  return {
    joins: `left join ${qualified(scores.schema, scores.name)} p on p.id = ${score}`,
    id: asUuid('p.opportunity_id', scoreKind),
    otherwise: [score],
  };
}

function resolveUnified(
  legacy: LegacyDatabase,
  pointer: string,
): { readonly joins: string; readonly id: string } {
  const unified = qualified(legacy.schema, opportunitiesMapping.unified);
  const rule = opportunitiesMapping.sources.find((candidate) => candidate.table === 'opportunities');
  if (rule === undefined || !legacy.tables.has('opportunities')) {
    return { joins: `left join ${unified} u on u.id = ${pointer}`, id: 'u.id' };
  }
  const folded = qualified(legacy.schema, opportunitiesMapping.folded);
  return {
    joins:
      `left join ${folded} f on f.${ident(foldedColumn(rule, 'id'))} = ${pointer} and f.source = 'opportunities' ` +
      `left join ${unified} u on u.id = coalesce(f.unified_id, ${pointer})`,
    id: 'u.id',
  };
}

function resolveLegacy(
  legacy: LegacyDatabase,
  pointer: string,
): { readonly joins: string; readonly id: string } {
  const table = legacy.tables.get('opportunities');
  if (table === undefined) return { joins: '', id: 'null::uuid' };
  return { joins: `left join ${qualified(table.schema, table.name)} u on u.id = ${pointer}`, id: 'u.id' };
}
