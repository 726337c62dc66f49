import type { Context } from '../context/context.js';
import { foreignObjects } from '../context/foreign-objects.js';
import type { Stop } from '../errors/stop.js';
import type { Derived } from '../project/derived.js';
import type { PhasePlan } from '../reports/plan.js';
import { DEFAULTS } from '../reports/target.js';

/** Rows that two cores count, index and aggregate per second, and the bytes that this takes per row; rough guesses. */
const ROWS_PER_SECOND = 100_000;
const BYTES_PER_ROW = 250;

/** What would be made, by name. */
export function planEnhancements(context: Context, name: string, enhancements: Derived): PhasePlan {
  const { schema, indexes, views, counts } = enhancements;
  const entry = context.entries.get(name);
  // Its rows are those of the unified tables, which may not be there yet: the largest legacy table is as good a guess.
  const rows = Math.max(0, ...[...context.legacy.tables.values()].map(({ estimatedRows }) => estimatedRows));
  const size = entry?.batchSize ?? DEFAULTS.batchSize;
  return {
    phase: name,
    state: entry?.state ?? 'new',
    sources: [],
    meetings: [],
    matches: null,
    referrers: [],
    residue: null,
    suspiciousScales: [],
    unmapped: [],
    capture: null,
    creates:
      entry !== undefined
        ? []
        : [
            ...(counts === null
              ? []
              : [
                  `view ${schema}.${counts.view}`,
                  ...counts.tables.map((table) => `table ${schema}.${table}`),
                ]),
            ...views.map((view) => `materialized view ${schema}.${view.name}`),
            ...indexes.map((index) => `index ${schema}.${index.name} on ${index.table}`),
            `triggers on the unified tables of schema ${schema}`,
          ],
    batches: { count: counts === null ? 0 : Math.max(1, Math.ceil(rows / size)), size },
    estimate: { seconds: Math.ceil(rows / ROWS_PER_SECOND), bytes: rows * BYTES_PER_ROW },
  };
}

/** Names that are in use. */
export async function foreignEnhancements(
  context: Context,
  phase: string,
  enhancements: Derived,
): Promise<Stop[]> {
  const { schema, indexes, views, counts } = enhancements;
  const entry = context.entries.get(phase);
  const names = [
    ...(counts === null ? [] : [counts.view, ...counts.tables]),
    ...views.map(({ name }) => name),
    ...(entry === undefined ? indexes.map(({ name }) => name) : []),
  ];
  return foreignObjects(context, { phase, schema, names });
}
