import {
  type ConsolidationModel,
  type CrosswalkModel,
  computedOf,
  isTime,
  resolverOf,
} from '../../declare/model.js';

/** A column of the crosswalk that gives a unified column a value where no source does. */
export interface Use {
  readonly column: string;
  readonly kind: 'text' | 'time';
  /** The unified column. */
  readonly target: string;
}

/** What a consolidation asks of its crosswalk: texts first, then times. */
export function usesOf(model: ConsolidationModel): readonly Use[] {
  const texts = computedOf(model).flatMap((column): Use[] =>
    column.kind === 'golden'
      ? (column.fallbacks ?? []).flatMap((fallback): Use[] =>
          fallback.kind === 'crosswalk'
            ? [{ column: fallback.column, kind: 'text', target: column.name }]
            : [],
        )
      : [],
  );
  const times = computedOf(model).flatMap((column): Use[] =>
    isTime(column) && column.otherwise !== undefined
      ? [{ column: column.otherwise.column, kind: 'time', target: column.name }]
      : [],
  );
  return [...texts, ...times];
}

/** The crosswalk of a consolidation that has one. */
export function crosswalkIn(model: ConsolidationModel): CrosswalkModel {
  const found = resolverOf(model);
  if (found === null) throw new Error(`${model.name} has no crosswalk`);
  return found;
}
