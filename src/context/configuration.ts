import { DrydockError } from '../errors.js';
import type { PhaseEntry } from '../ledger/phases.js';
import { LEDGER_VERSION } from '../ledger/schema.js';
import { columnOf } from '../legacy/catalog.js';
import type { LegacyTable } from '../legacy/detect.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';
import type { Phase, Resolution } from '../mapping/phase.js';
import type { Context } from './context.js';
import { findLegacy } from './find-legacy.js';

/** Changes whenever a mapping gives other bytes for the same rows. */
const MAPPING_VERSION = 5;

/** What a phase's rows depend on: everything that must not change between two runs that share a ledger. */
interface Configuration {
  readonly ledger: number;
  readonly mapping: number;
  readonly tables: Readonly<Record<string, TableConfiguration>>;
  /** The table that keys are resolved by and that is no source, with those of its columns that count; absent where there was none. */
  readonly resolution?: { readonly table: string; readonly columns: readonly string[] };
  /** What was declared, by name; absent where the phase is not declared. */
  readonly rules?: Readonly<Record<string, string>>;
}

interface TableConfiguration {
  readonly schema: string;
  readonly shape: string;
  /** Types by name. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Changes that an error lists. */
const MOST_SHOWN = 8;

export function configurationOf({ bound, resolution, rules }: Phase): Configuration {
  const tables = configured(
    bound.sources.map(({ table }) => table),
    resolution,
  );
  return rules === undefined ? tables : { ...tables, rules };
}

function configured(
  legacy: readonly LegacyTable[],
  resolution: Pick<Resolution, 'table' | 'reads'> | null,
): Configuration {
  const tables = legacy.map(({ name, home, shape, columns }) => [
    name,
    {
      schema: home,
      shape: shape.name,
      columns: Object.fromEntries(columns.map((column) => [column.name, column.type.name])),
    },
  ]);
  return {
    ledger: LEDGER_VERSION,
    mapping: MAPPING_VERSION,
    tables: Object.fromEntries(tables),
    ...(resolution === null ? {} : { resolution: configuredResolution(resolution) }),
  };
}

function configuredResolution({ table, reads }: Pick<Resolution, 'table' | 'reads'>) {
  return { table: table.name, columns: reads.filter((name) => columnOf(table, name) !== undefined) };
}

/** Refuses to go on with a ledger that was written for something else, and says what is different. */
export function requireSameConfiguration(phase: Phase, entry: PhaseEntry): void {
  const [then, now] = [JSON.parse(entry.config) as Configuration, configurationOf(phase)];
  const changes = changesBetween(then, now);
  if (changes.length > 0) throw configurationChanged(entry, changes, rulesChanges(then.rules, now.rules));
}

/** Refuses to end or take back a cutover where the moved tables were altered: the old names do not show what they are now. */
export function requireSameTables(phase: Phase, entry: PhaseEntry): void {
  const [then, now] = [JSON.parse(entry.config) as Configuration, configurationOf(phase)];
  const rules = rulesChanges(then.rules, now.rules);
  const changes = [...tablesChanges(then, now), ...rules];
  if (changes.length > 0) throw configurationChanged(entry, changes, rules);
}

/** @param rules those of the changes that are the declaration's */
function configurationChanged(
  { phase, state }: PhaseEntry,
  changes: readonly string[],
  rules: readonly string[],
): DrydockError {
  const isDeclared = rules.length === changes.length;
  const undone = isDeclared
    ? 'Have the declaration say again what it said when the phase was begun: each difference is named above, with what was said'
    : `Undo the change (the moved tables are in ${LEGACY_SCHEMA})`;
  return new DrydockError({
    code: 'configuration-changed',
    // Whoever has to put a declaration back needs all of it.
    what: `Phase ${phase} was begun with another configuration: ${isDeclared ? rules.join('; ') : listed(changes)}.`,
    state: 'Nothing of the phase was changed now; what was loaded before is as it was.',
    next:
      state === 'cut-over'
        ? `${undone}. Then give the same command again; after a rollback it may be changed, and run anew.`
        : `Undo the change, or begin anew: drydock rollback --phase ${phase}, then run.`,
  });
}

/** Refuses to go on where the legacy tables were altered under a run at work. */
export async function requireUnchanged(context: Context, phase: Phase): Promise<void> {
  const found = await findLegacy(context, context.project, context.legacy.appSchema);
  const tables = phase.bound.sources.flatMap(({ rule }) => found.tables.get(rule.table) ?? []);
  const { resolution } = phase;
  const table = resolution === null ? undefined : found.tables.get(resolution.table.name);
  const now = resolution === null || table === undefined ? null : { table, reads: resolution.reads };
  const changes = changesBetween({ ...configurationOf(phase), rules: {} }, configured(tables, now));
  if (changes.length === 0) return;
  throw new DrydockError({
    code: 'configuration-changed',
    what: `The legacy tables were altered while phase ${phase.name} was loaded: ${listed(changes)}.`,
    state: 'Batches that were booked are complete, and hold what the tables were before.',
    next: `Undo the change and give the same command again, or begin anew: drydock rollback --phase ${phase.name}, then run.`,
  });
}

/** Each difference in words. */
function changesBetween(then: Configuration, now: Configuration): string[] {
  const changes: string[] = [];
  if (then.ledger !== now.ledger) {
    changes.push(`version ${then.ledger} of the ledger, now ${now.ledger}`);
  }
  if (then.mapping !== now.mapping) {
    changes.push(`version ${then.mapping} of Drydock's mapping, now ${now.mapping}`);
  }
  return [
    ...changes,
    ...tablesChanges(then, now),
    ...resolutionChanges(then.resolution, now.resolution),
    ...rulesChanges(then.rules, now.rules),
  ];
}

/** What was declared otherwise: rows that are loaded have other keys, values or columns than they would get now. */
function rulesChanges(then: Configuration['rules'], now: Configuration['rules'] = {}): string[] {
  // A phase that was not declared then is the same one: the version of the mapping says where its rows are others.
  if (then === undefined) return [];
  const [before, after] = [byName(then), byName(now)];
  return union(before, after).flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === is) return [];
    if (was === undefined) return [`${name} was not declared, now ${is}`];
    return is === undefined
      ? [`${name} was ${was}, and is not declared any more`]
      : [`${name} was ${was}, now ${is}`];
  });
}

function tablesChanges(then: Configuration, now: Configuration): string[] {
  const [before, after] = [byName(then.tables), byName(now.tables)];
  return union(before, after).flatMap((table) => tableChanges(table, before.get(table), after.get(table)));
}

/**
 * Without the table, or without one of these columns, rows would get other keys than those that are loaded. One that comes
 * later is welcome, as its rows are: capture begins on it, and what was loaded before is loaded again.
 */
function resolutionChanges(then: Configuration['resolution'], now: Configuration['resolution']): string[] {
  if (then === undefined) return [];
  if (now === undefined) return [`table ${then.table} is not there any more`];
  return then.columns
    .filter((column) => !now.columns.includes(column))
    .map((column) => `column ${then.table}.${column} is not there any more`);
}

function tableChanges(
  name: string,
  then: TableConfiguration | undefined,
  now: TableConfiguration | undefined,
): string[] {
  if (then === undefined) return [`table ${name} was not there`];
  if (now === undefined) return [`table ${name} is not there any more`];
  const changes: string[] = [];
  if (then.schema !== now.schema) {
    changes.push(`table ${name} was in schema ${then.schema}, now ${now.schema}`);
  }
  const [before, after] = [byName(then.columns), byName(now.columns)];
  for (const column of union(before, after)) {
    const [was, is] = [before.get(column), after.get(column)];
    if (was === is) continue;
    const what = `column ${name}.${column}`;
    if (was === undefined) changes.push(`${what} was not there, now ${is}`);
    else if (is === undefined) changes.push(`${what} was ${was}, and is not there any more`);
    else changes.push(`${what} was ${was}, now ${is}`);
  }
  if (then.shape !== now.shape) changes.push(`table ${name} had shape ${then.shape}, now ${now.shape}`);
  return changes;
}

/** A column may be called as what every object has: `constructor`. */
function byName<T>(things: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(things));
}

function union(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])];
}

function listed(changes: readonly string[]): string {
  const more = changes.length - MOST_SHOWN;
  return `${changes.slice(0, MOST_SHOWN).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** Refuses work on a phase whose legacy tables are not kept up any more. */
export function requireNotCompleted({ phase, state }: PhaseEntry): void {
  if (state !== 'completed') return;
  throw new DrydockError({
    code: 'completed',
    what: `Phase ${phase} is completed: its unified tables stand on their own, and there is nothing to compare them with or to load them from, and nothing to apply.`,
    state: 'The completed phase was not touched.',
    next: 'drydock status shows every phase; name the other one with --phase.',
  });
}

/** Refuses another size of batches: they were cut when the phase was begun. */
export function requireSameBatchSize(entry: PhaseEntry, batchSize: number): void {
  if (batchSize === entry.batchSize) return;
  throw new DrydockError({
    code: 'configuration-changed',
    what: `Phase ${entry.phase} was begun with batches of ${entry.batchSize} rows, not ${batchSize}.`,
    state: 'Nothing was changed; what was loaded before is as it was.',
    next: `Leave --batch-size out, or begin anew: drydock rollback --phase ${entry.phase}, then run.`,
  });
}
