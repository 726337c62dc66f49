import { modelOf, type SourceHandle } from './column.js';
import type { Step } from './keys.js';
import {
  type ConsolidationModel,
  type EmptyModel,
  type IdsModel,
  isOnePerKey,
  type ThingColumnModel,
  type ThingModel,
} from './model.js';
import { refuse } from './refuse.js';

/** A consolidation whose unified rows others name. */
export interface Made {
  /** What was declared, for the engine. */
  readonly model: Pick<ConsolidationModel, 'name' | 'into' | 'duplicates' | 'sources' | 'ids' | 'id'>;
}

/** The unified row of another consolidation that a thing is about. */
export interface ThingColumn {
  /** What was declared, for the engine. */
  readonly about: Omit<ThingColumnModel, 'kind' | 'name'>;
}

/** A column that no row gives a value. */
export interface Empty {
  /** What was declared, for the engine. */
  readonly empty: Omit<EmptyModel, 'kind' | 'name'>;
}

/** What is one row of another consolidation. */
export interface ThingOptions {
  /** What becomes of the row when the one that it is about is deleted. Default `cascade`. */
  readonly onDelete?: 'cascade' | 'set null';
}

/**
 * A step of a ladder: the row is about what another consolidation made of the row that it points to, a folded one included.
 * That consolidation keeps the ids of the source that is pointed to: see {@link idsOf}. A pointer to nothing goes on to the next step.
 */
export function thing<const Name extends string>(of: Made, column: Name): Step<Name>;
/** A column: the id of that row, with a foreign key. Null where a row points to nothing. One thing has one row. */
export function thing(of: Made, options?: ThingOptions): ThingColumn;
export function thing(of: Made, by: string | ThingOptions = {}): Step | ThingColumn {
  if (typeof by === 'string') return { model: { kind: 'thing', of: thingModel(of), column: by } };
  return { about: { of: thingModel(of), onDelete: by.onDelete ?? 'cascade' } };
}

function thingModel({ model: { name, into, duplicates, sources, ids, id } }: Made): ThingModel {
  if (id !== null)
    refuse(
      `Consolidation ${name} takes over the ids of ${id.table} when it is completed: its rows have others until then.`,
      'Leave id out there, and say ids: idsOf(source), where these are uuids.',
    );
  const source = sources.find(({ table }) => table === ids?.table);
  if (source === undefined)
    refuse(
      `Consolidation ${name} gives its rows ids of its own, which no legacy row names.`,
      `Have it keep the ids of the source that is pointed to: ids: idsOf(source).`,
    );
  return {
    consolidation: name,
    into,
    duplicates,
    table: source?.table ?? '',
    identity: source?.identity[0] ?? '',
    isOnePerKey: isOnePerKey({ sources }),
  };
}

/** A step of a ladder: rows that name one uuid in their columns are one thing, and the uuid itself is its key. */
export function named<const Name extends string>(column: Name): Step<Name> {
  return { model: { kind: 'named', column } };
}

/** Which source's ids the unified rows keep. */
export interface Ids {
  /** What was declared, for the engine. */
  readonly model: IdsModel;
}

/**
 * Unified rows have the id of the row of a source that counts, whose identity is one column of type uuid: then what names it goes
 * on doing so. A thing without such a row has an id that is made from its match key.
 *
 * @param options - `otherwise` begins what that id is made from, so that no two consolidations make the same
 */
export function idsOf(source: SourceHandle, options: { readonly otherwise?: string } = {}): Ids {
  const { table, identity } = modelOf(source);
  if (identity.length !== 1)
    refuse(
      `Rows of ${table} are told apart by ${identity.join(', ')}: no id of a unified row is made of several columns.`,
      'Leave ids out.',
    );
  return { model: { table, otherwise: options.otherwise ?? '' } };
}

/** A column that no legacy table has, for what applications write once the migration is complete. */
export function empty(type: string): Empty {
  return { empty: { type } };
}
