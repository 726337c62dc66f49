import type { LegacyTable } from '../legacy/detect.js';
import { locatorOf } from '../mapping/locate.js';
import type { Phase } from '../mapping/phase.js';

/** A legacy table whose changes a phase wants to know, and the columns whose values a change records. */
export interface WatchedTable {
  readonly table: LegacyTable;
  readonly columns: readonly string[];
}

/** The tables that a phase's rows are made of, and those that its keys are resolved by. */
export function watchedTables(phase: Phase): WatchedTable[] {
  const sources = phase.bound.sources.map((source) => ({
    table: source.table,
    columns: [locatorOf(source).name],
  }));
  const { resolution } = phase;
  return resolution === null
    ? sources
    : [...sources, { table: resolution.table, columns: resolution.columns }];
}
