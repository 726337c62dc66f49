import type { BoundPhase } from '../../mapping/bind.js';
import { RowReader } from '../../transform/row.js';
import { StandingReader } from '../../transform/standing.js';
import { CREATED, HEAD } from './keys.js';
import { UPDATED } from './mapping.js';

/** One source as the merger sees it: how its rows are read, and where the fields are that it looks at. */
export interface Side {
  readonly index: number;
  readonly rows: RowReader;
  readonly standing: StandingReader;
  readonly title: number;
  readonly appName: number;
  readonly problem: number;
  readonly status: number;
  /** Rows name the opportunity that they belong to (`workflow_results`, shape A). */
  readonly named: boolean;
}

export interface Sides {
  readonly all: readonly Side[];
  readonly opportunities: Side | null;
  readonly app: Side | null;
  readonly workflow: Side | null;
}

/** Which columns say when a row was made, and when it was last reviewed or updated. */
export const TIMES = {
  created: CREATED,
  updated: UPDATED,
} as const;

export function readSides(bound: BoundPhase): Sides {
  const all = bound.sources.map((source, index): Side => {
    const rows = new RowReader(source, HEAD);
    const first = (names: readonly string[]) =>
      names.map((name) => rows.indexOf(name)).find((field) => field >= 0) ?? -1;
    return {
      index,
      rows,
      standing: new StandingReader(source, rows, TIMES),
      title: first(['title']),
      appName: first(['app_name']),
      problem: first(['problem_statement', 'problem_description']),
      status: first(['status']),
      named: source.rule.table === 'workflow_results' && source.table.shape.name === 'A',
    };
  });
  const side = (table: string) =>
    all[bound.sources.findIndex((source) => source.rule.table === table)] ?? null;
  return {
    all,
    opportunities: side('opportunities'),
    app: side('app_opportunities'),
    workflow: side('workflow_results'),
  };
}
