import { qualified } from '../db/identifier.js';
import type { BoundPhase } from './bind.js';
import { foldedTable, type TargetTable, unifiedTable } from './tables.js';

/** A table of ours as statements name it. */
export interface Target {
  readonly schema: string;
  readonly name: string;
  readonly qualified: string;
  readonly table: TargetTable;
}

export interface Targets {
  readonly unified: Target;
  readonly folded: Target;
  /** The column by which a folded row names its unified one, and the one of that that it names. */
  readonly link: { readonly folded: string; readonly unified: string };
}

export function targetsOf(phase: { readonly schema: string; readonly bound: BoundPhase }): Targets {
  const target = (table: TargetTable): Target => ({
    schema: phase.schema,
    name: table.name,
    qualified: qualified(phase.schema, table.name),
    table,
  });
  return {
    unified: target(unifiedTable(phase.bound)),
    folded: target(foldedTable(phase.bound)),
    link:
      phase.bound.mapping.isOnePerKey === true
        ? { folded: 'merge_key', unified: 'merge_key' }
        : { folded: 'unified_id', unified: 'id' },
  };
}

/** SQL: whether a row of the table of folded rows belongs to a unified row; both by their aliases. */
export function isFoldedInto({ link }: Pick<Targets, 'link'>, folded: string, unified: string): string {
  return `${folded}.${link.folded} = ${unified}.${link.unified}`;
}

/**
 * Statements that make a table of ours. Where a database publishes all of its tables, Postgres updates and deletes no row
 * of one that says by nothing which row it is: until there is a primary key, and where there never is one, it is the row.
 */
export function createTableStatements(target: Target): string {
  return (
    `create table ${target.qualified} (\n  ${target.table.definitions.join(',\n  ')}\n);\n` +
    `alter table ${target.qualified} replica identity full`
  );
}

/** `copy … from stdin`, in binary, into a table of ours, or into another one with the same columns. */
export function copyStatement(target: Target, into: string = target.qualified): string {
  return `copy ${into} (${target.table.copied.join(', ')}) from stdin (format binary)`;
}

export function viewName(table: string): string {
  return `${table}_legacy`;
}
