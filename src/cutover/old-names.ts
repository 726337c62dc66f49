import { ident, qualified } from '../db/identifier.js';
import type { LegacyTable } from '../legacy/detect.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';
import { needsOwnersRights, type Trimmings, trim } from '../old-names/trimmings.js';

const SECURITY_INVOKER_SINCE = 150_000;

/** Statements that move a table aside and put a view of its old name in its place. */
export function moveAside(table: LegacyTable, trimmings: Trimmings, serverVersion: number): string[] {
  return [
    `alter table ${qualified(table.home, table.name)} set schema ${ident(LEGACY_SCHEMA)}`,
    ...oldNameView(table, trimmings, serverVersion),
  ];
}

/**
 * Statements that make the view of a moved table's old name. It is as simple as can be, so that Postgres itself makes it
 * writable: generated and identity columns, returning and on conflict are the table's own. It reads with the rights of
 * whoever uses it, so that policies hold, also ones that are made later; except where rights to single columns would be
 * lost by that.
 */
export function oldNameView(
  table: { readonly home: string; readonly name: string },
  trimmings: Trimmings,
  serverVersion: number,
): string[] {
  const view = qualified(table.home, table.name);
  const columns = trimmings.columns.map(({ name }) => ident(name)).join(', ');
  const invoker =
    serverVersion >= SECURITY_INVOKER_SINCE && !needsOwnersRights(trimmings)
      ? ' with (security_invoker = true)'
      : '';
  return [
    `create view ${view}${invoker} as select ${columns} from ${qualified(LEGACY_SCHEMA, table.name)}`,
    ...trim(view, trimmings),
  ];
}

/** Statements that give a table its name back. */
export function moveBack(table: Pick<LegacyTable, 'home' | 'name'>): string[] {
  return [
    `drop view ${qualified(table.home, table.name)}`,
    `alter table ${qualified(LEGACY_SCHEMA, table.name)} set schema ${ident(table.home)}`,
  ];
}
