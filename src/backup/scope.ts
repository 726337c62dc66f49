import type { Context } from '../context/context.js';
import { findLegacy } from '../context/find-legacy.js';
import { qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { throwIfStops } from '../errors/stop.js';
import { DrydockError, type ErrorCode } from '../errors.js';
import { readObjects } from '../ledger/objects.js';
import { type CatalogTable, readTable } from '../legacy/catalog.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import { consolidationsOf } from '../project/project.js';
import type { BackedUpTable } from '../reports/backup.js';
import { GIVEN_UP } from './states.js';

/** A table that a backup holds. */
export interface ScopedTable {
  readonly part: BackedUpTable['part'];
  readonly table: CatalogTable;
}

/** What would leave rows out. An unknown shape does not: what it means matters to a run only. */
const STOPS: ReadonlySet<ErrorCode> = new Set([
  'no-legacy-tables',
  'missing-privilege',
  'row-level-security',
  'not-a-table',
]);

/** Whatever the phases touch: their legacy tables, the crosswalks, and the tables that were made for them. */
export async function findScope(session: Session, context: Context): Promise<ScopedTable[]> {
  const legacy = await findLegacy({ ...context, session }, context.project, context.legacy.appSchema);
  throwIfStops(
    legacy.stops.filter(({ code }) => STOPS.has(code)),
    GIVEN_UP,
  );
  const scope = [...legacyTables(legacy, context), ...(await ourTables(session, context))];
  if (scope.length === 0) throw nothingThere(context);
  const unplain = await session.query(
    `select c.oid::regclass::text as name from pg_class c where c.oid = any ($1::text::oid[]) and (
       c.relkind <> 'r' or c.relpersistence = 't' or c.reloftype <> 0
       or exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)))`,
    [`{${scope.map(({ table }) => table.oid).join(',')}}`],
  );
  if (unplain.length > 0) throw notPlain(unplain.map(({ name }) => String(name)));
  return scope;
}

function legacyTables(legacy: LegacyDatabase, context: Context): ScopedTable[] {
  const names = new Set(crosswalks(context));
  for (const { mapping } of consolidationsOf(context.project, context.phaseNames)) {
    for (const { table } of mapping.sources) names.add(table);
  }
  return [...names].flatMap((name) => {
    const table = legacy.tables.get(name);
    // Of one that a completion dropped there is a view of our tables, which are in the backup by themselves.
    if (table === undefined || (table.isCompleted === true && table.kind === 'v')) return [];
    return [{ part: 'legacy' as const, table }];
  });
}

function crosswalks({ project }: Context): string[] {
  return project.tables.filter(({ role }) => role === 'crosswalk').map(({ name }) => name);
}

async function ourTables(session: Session, context: Context): Promise<ScopedTable[]> {
  const found: ScopedTable[] = [];
  for (const name of context.phaseNames) {
    const entry = context.entries.get(name);
    if (entry === undefined) continue;
    for (const object of await readObjects(session, entry.id)) {
      if (object.kind !== 'table') continue;
      const table = await readTable(session, object.schema, object.name);
      if (table?.oid === object.oid) found.push({ part: 'unified', table });
    }
  }
  return found;
}

/** Keeps everybody from changing or dropping the tables until the transaction ends; reading and writing go on. */
export async function lockScope(session: Session, scope: readonly ScopedTable[]): Promise<void> {
  const names = scope.map(({ table }) => `only ${qualified(table.schema, table.name)}`);
  await session.execute(`lock table ${names.join(', ')} in access share mode`);
}

function nothingThere({ schema, phaseNames }: Context): DrydockError {
  return new DrydockError({
    code: 'nothing-to-back-up',
    what: `Schema "${schema}" has no table that belongs to ${phaseNames.join(', ')}.`,
    state: GIVEN_UP,
    next: 'Back up another phase, or all: leave out --phase.',
  });
}

function notPlain(names: readonly string[]): DrydockError {
  return new DrydockError({
    code: 'unsupported-table',
    what: `A backup holds plain tables, and ${names.join(', ')} is partitioned, inherits, is inherited from, or is made of a type.`,
    state: GIVEN_UP,
    next: 'Back these tables up with pg_dump.',
  });
}
