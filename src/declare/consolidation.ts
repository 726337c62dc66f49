import type { Normalizer } from '../mapping/normalizers.js';
import { checkModel } from './check.js';
import { type Column, modelOf, type SourceHandle } from './column.js';
import { type CrosswalkColumn, type CrosswalkHandle, crosswalkModel } from './crosswalk.js';
import type { Fold } from './folds.js';
import { type Generated, Golden, type Kept, type Members } from './golden.js';
import {
  type ColumnModel,
  type ConsolidationModel,
  type CrosswalkModel,
  isComputed,
  type TimeModel,
  targetOf,
  type VetoModel,
} from './model.js';
import type { Referrer } from './referrer.js';
import { refuse, refuseUnknown } from './refuse.js';
import type { Empty, Ids, ThingColumn } from './things.js';

/** When a thing was made, or last changed, over all of its rows. */
export class TimeColumn {
  /** @internal */
  constructor(
    /** What was declared, for the engine. */
    readonly model: Omit<TimeModel, 'name'>,
  ) {}

  /** What it is where no row says it: a time of the row of the crosswalk. */
  else({ of: crosswalk, column }: CrosswalkColumn<Date>): TimeColumn {
    return new TimeColumn({ ...this.model, otherwise: { crosswalk, column } });
  }

  /** Never before this column, which is the earliest, whatever that falls back to. */
  notBefore(column: string): TimeColumn {
    return new TimeColumn({ ...this.model, notBefore: column });
  }
}

/** The earliest time at which a row of the thing was made, folded ones too. Null where no row says it. */
export const earliest: TimeColumn = new TimeColumn({ kind: 'earliest' });
/** The latest time at which a row of the thing was changed, folded ones too. Null where no row says it. */
export const latest: TimeColumn = new TimeColumn({ kind: 'latest' });
/** The latest time at which a row of the thing was made or changed, folded ones too. Null where no row says it. */
export const touched: TimeColumn = new TimeColumn({ kind: 'touched' });

/** The row of a crosswalk that rows resolve to, by its uuid; null where there is none. */
export interface Reference {
  /** What was declared, for the engine. */
  readonly reference: CrosswalkModel;
}

/** A column that names the row of the crosswalk, by a foreign key that forgets it when that row is deleted. */
export function resolved(crosswalk: CrosswalkHandle): Reference {
  return { reference: crosswalkModel(crosswalk) };
}

/** What keeps rows with one match key apart. */
export interface Veto {
  /** What was declared, for the engine. */
  readonly model: VetoModel;
}

/**
 * Rows with one match key whose values differ here are different things: two tax numbers are two people, whatever mail
 * they share. A row without a value belongs to the others where these agree, and is a thing of its own where they do not.
 *
 * @param columns - at most one of each source
 */
export function differs(by: Normalizer, ...columns: readonly Column[]): Veto {
  const byTable = new Map(columns.map(({ table, column }) => [table, column]));
  if (byTable.size !== columns.length)
    refuse('A veto names two columns of one source.', 'Name the one that identifies.');
  return { model: { normalizer: by, columns: byTable } };
}

/** What a consolidation is made of. */
export interface ConsolidationOptions {
  /**
   * The unified table, which is made. With the name of a source, that table is the target: it is an ordinary source until the
   * completion, where the unified table takes its name, its ids and its columns.
   */
  readonly into: string;
  /**
   * The identity of a source, whose numbers or uuids become the `id` of the unified table at the completion; things without a
   * row of it get new ones. Default: the identity of the target, else uuids.
   */
  readonly id?: Column;
  /** The table of rows that lost to another one of their source and thing. Default: `into` with `_duplicates`. */
  readonly duplicates?: string;
  /** In order of precedence, which also decides which row a thing has its id from. */
  readonly sources: readonly SourceHandle[];
  /** The shared columns of the unified table, in its order. A legacy column named nowhere is carried verbatim. */
  readonly columns: Readonly<Record<string, ColumnRule>>;
  /** What keeps rows of one key apart. Left out: nothing does. */
  readonly veto?: Veto;
  /**
   * A plan stops at a group of more rows than this: a value shared by so many means no identity. Default 1,000; null: any number
   * of rows may be one thing.
   */
  readonly largestGroup?: number | null;
  /** Larger groups that are one thing all the same: the value that their rows share, as a plan names it. */
  readonly acceptedGroups?: readonly string[];
  /** Outside tables that name rows of sources without a foreign key that says so. Default: none. */
  readonly referrers?: readonly Referrer[];
  /** What one unified row is called in messages. Default: `record`. */
  readonly thing?: string;
  /** Which source's ids the unified rows keep: `idsOf(source)`. Default: none's, they are made from identities. */
  readonly ids?: Ids;
}

/** What a column of the unified table may be. */
export type ColumnRule =
  | Golden<unknown>
  | TimeColumn
  | Members
  | Kept
  | Generated
  | ThingColumn
  | Fold
  | Reference
  | Empty;

const OPTIONS = [
  'into',
  'id',
  'duplicates',
  'sources',
  'columns',
  'veto',
  'largestGroup',
  'acceptedGroups',
  'referrers',
  'thing',
  'ids',
];
const LARGEST_GROUP = 1_000;

/** A consolidation that was declared and looked through. */
export interface Consolidation {
  /** What was declared, for the engine. */
  readonly model: ConsolidationModel;
}

/**
 * Declares that some tables become one.
 *
 * @param name - of the phase, for `--phase`
 * @throws DrydockError `bad-declaration` for what cannot be meant: two homes for one column, pointers in a circle, a column
 *   of a source that is not listed, a name that Drydock needs itself
 */
export function consolidation(name: string, options: ConsolidationOptions): Consolidation {
  refuseUnknown(`Consolidation ${name}`, options, OPTIONS);
  const columns = Object.entries(options.columns).map(([column, rule]) => columnModel(column, rule));
  const model: ConsolidationModel = {
    name,
    into: options.into,
    id: idOf(options),
    referrers: (options.referrers ?? []).map((one) => one.model),
    duplicates: options.duplicates ?? `${options.into}_duplicates`,
    sources: options.sources.map(modelOf),
    columns,
    veto: options.veto?.model ?? null,
    acceptedGroups: options.acceptedGroups ?? [],
    largestGroup: options.largestGroup === undefined ? LARGEST_GROUP : options.largestGroup,
    thing: options.thing ?? 'record',
    ...(options.ids !== undefined && { ids: options.ids.model }),
  };
  checkModel(model);
  return { model };
}

function columnModel(name: string, rule: ColumnRule): ColumnModel {
  if (rule instanceof Golden)
    return {
      kind: 'golden',
      name,
      ...rule.parts,
      // One SQL may be worked out for several columns, of several types.
      givers: rule.parts.givers.map((giver) =>
        isComputed(giver) ? { ...giver, column: `\0${name}${giver.column}` } : giver,
      ),
    };
  if ('members' in rule) return { kind: 'members', name, members: rule.members };
  if ('kept' in rule) return { kind: 'kept', name, ...rule.kept };
  if ('generated' in rule) return { kind: 'generated', name, ...rule.generated };
  if ('fold' in rule) return { kind: 'fold', name, fold: rule.fold };
  if ('about' in rule) return { kind: 'thing', name, ...rule.about };
  if ('empty' in rule) return { kind: 'empty', name, ...rule.empty };
  if ('reference' in rule) return { kind: 'reference', name, crosswalk: rule.reference };
  return { ...rule.model, name };
}

/** The column that was named, or the one by which rows of the target are known. */
function idOf({ id, into, sources }: ConsolidationOptions): ConsolidationModel['id'] {
  if (id !== undefined) return { table: id.table, column: id.column };
  const target = targetOf({ into, sources: sources.map(modelOf) });
  const [column, ...more] = target?.identity ?? [];
  return target === undefined || column === undefined || more.length > 0
    ? null
    : { table: target.table, column };
}
