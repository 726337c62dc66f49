import { generatedName } from '../db/identifier.js';
import type { Scale } from '../mapping/conversions/score.js';
import type { Normalizer } from '../mapping/normalizers.js';
import type { ReferrerRule } from '../mapping/referrer.js';

/**
 * What a consolidation is, as plain values: what the words of this folder build, what is checked, and what everything else
 * is derived from.
 *
 *   source         a legacy table
 *   identity       the columns that tell its rows apart
 *   match key      says which rows describe the same thing
 *   golden record  the unified row
 *   survivorship   which source's value a column of it gets
 */
export interface ConsolidationModel {
  /** Name of the phase: `--phase NAME`. */
  readonly name: string;
  /** The unified table. A source of this name is the target: the unified table takes its name at the completion. */
  readonly into: string;
  /** A column that tells the rows of its source apart, whose values become the ids of the unified table; null: these are uuids. */
  readonly id: { readonly table: string; readonly column: string } | null;
  /** The table of rows that are kept whole because another one of their source won. */
  readonly duplicates: string;
  /** In order of precedence. */
  readonly sources: readonly SourceModel[];
  /** Columns of the unified table that are shared, in its order. A legacy column named nowhere is carried verbatim. */
  readonly columns: readonly ColumnModel[];
  /** Rows of one match key that differ here are different things; null: none are. */
  readonly veto: VetoModel | null;
  /** A group of more rows stops a plan until it is accepted by name; null: any number may be one thing. */
  readonly largestGroup: number | null;
  /** Groups that may be larger: what their rows are matched by, as a plan shows it, or their match key. */
  readonly acceptedGroups: readonly string[];
  /** What one unified row is, for messages: `customer`. */
  readonly thing: string;
  /** Outside tables that name rows of sources without a foreign key. */
  readonly referrers: readonly ReferrerRule[];
  /** Which source's identities are the ids of unified rows. Left out: none's, each id is made from an identity. */
  readonly ids?: IdsModel;
}

/** The ids of unified rows are the identities of one source's rows. */
export interface IdsModel {
  readonly table: string;
  /** Begins the name of which the id of a thing without such a row is made, before its match key. */
  readonly otherwise: string;
}

export interface SourceModel {
  readonly table: string;
  /** Null: the schema of `--schema`. */
  readonly schema: string | null;
  /** Begins the names of columns that hold this table's own values. */
  readonly prefix: string;
  /** Boolean column of the unified table: it has a row of this source. */
  readonly flag: string;
  readonly identity: readonly string[];
  /** A ladder: the first step that gives a key counts. The row itself is always the last one. */
  readonly match: readonly StepModel[];
  /**
   * What tells things of one key apart: texts, folded, each of which is the first of some columns that has a value. The first of
   * them is a thing's name. Left out: rows of one key are one thing.
   */
  readonly distinct?: readonly (readonly string[])[];
  /** Columns of which the first that has a value names the thing that all rows of this source and key belong to. Left out: none. */
  readonly attach?: readonly string[];
  /** The forms that the table is found in, the likeliest of which counts; none: it has one. */
  readonly variants: readonly VariantModel[];
  /** Columns that together tell a row where nothing unique does; equal rows may share them. */
  readonly alike: readonly string[];
  /** Names of columns that hold its own values, by column; the others are made of the prefix. */
  readonly names: ReadonlyMap<string, string>;
  /** Columns that are a part of every key and pointer, in an order that all sources share: the tenant. */
  readonly within: readonly string[];
  readonly times: TimesModel;
  readonly winner: WinnerModel;
  /** Whether its rows never are the unified one: they are kept whole beside it, and summed up in it. Left out: no. */
  readonly isWhole?: boolean;
  /** Whether a database may lack the table. Left out: no. */
  readonly isOptional?: boolean;
}

/** One of the forms of a source. */
export interface VariantModel {
  readonly name: string;
  /** Columns that only this form has. */
  readonly tells: readonly string[];
  /** Columns without which it cannot be used. */
  readonly needs: readonly string[];
  /** Null: the ladder of the source. */
  readonly match: readonly StepModel[] | null;
}

/** A table that is only read: through it, different spellings of a key are resolved. */
export interface CrosswalkModel {
  readonly table: string;
  /** Null: the schema of `--schema`. */
  readonly schema: string | null;
  /** Its uuid. */
  readonly id: string;
  /** Null: said by the variants. */
  readonly alias: string | null;
  readonly variants: readonly (Omit<VariantModel, 'match'> & { readonly alias: string })[];
  /** What may stand before an alias. */
  readonly prefixes: readonly string[];
  /** When a row was made: of several with one alias the oldest is meant. */
  readonly oldest: string;
  /** What one row is called in messages. */
  readonly thing: string;
}

export interface TimesModel {
  /** When a row was made: the earliest counts. */
  readonly created: readonly string[];
  /** When it was last changed: the latest counts. */
  readonly updated: readonly string[];
}

/** Which of several rows of one source and thing is the one that counts; the identity decides what is left. */
export interface WinnerModel {
  readonly by: 'newest' | 'last-updated' | 'most-values' | 'oldest' | 'smallest-identity';
  /** Of several newest rows the one with the highest version here counts. Left out: versions say nothing. */
  readonly version?: string;
}

export type StepModel = SameModel | ViaModel | ThroughModel | AboutModel | NamedModel | ResolveModel;

/** The row is about what the row of a crosswalk is about that it names. */
export interface ResolveModel {
  readonly kind: 'resolve';
  readonly crosswalk: CrosswalkModel;
  /** Columns that hold its uuid; the first that is there counts. */
  readonly ids: readonly string[];
  /** A column that holds its alias. */
  readonly alias: string | null;
  /** The prefix with which the alias is nearly always written there. */
  readonly written: string;
}

export interface SameModel {
  readonly kind: 'same';
  /** Two steps meet only through one name. */
  readonly key: KeyModel;
  /** One for each part of the key, in its order. */
  readonly parts: readonly PartModel[];
}

/** The row has the key of the row of another source that it points to. */
export interface ViaModel {
  readonly kind: 'via';
  readonly table: string;
  /** They name that row's identity, column by column. */
  readonly columns: readonly string[];
}

/** The row has the key that rows of a source, or of its own, have beside the one that it has, where all of them agree. */
export interface ThroughModel {
  readonly kind: 'through';
  readonly table: string;
  /** The key that it has. */
  readonly step: SameModel;
}

/** The key is the id of what another consolidation made of the row that is pointed to. */
export interface AboutModel {
  readonly kind: 'thing';
  readonly of: ThingModel;
  readonly column: string;
}

/** The key is the uuid that stands in a column, as it is. */
export interface NamedModel {
  readonly kind: 'named';
  readonly column: string;
}

/** What a consolidation makes of the rows of one of its sources, whose identities are the ids of what it makes. */
export interface ThingModel {
  /** The consolidation. */
  readonly consolidation: string;
  readonly into: string;
  readonly duplicates: string;
  readonly table: string;
  readonly identity: string;
  /** Whether its duplicates name what they belong to by its match key. */
  readonly isOnePerKey: boolean;
}

export type PartModel = { readonly column: string } | { readonly constant: string };

export interface KeyModel {
  readonly name: string;
  readonly parts: readonly { readonly name: string; readonly normalizer: Normalizer }[];
}

/** The type of a shared column. */
export type GoldenType =
  | 'text'
  | 'integer'
  | 'bigint'
  | 'numeric'
  | 'boolean'
  | 'date'
  | 'timestamptz'
  | 'timestamp'
  | 'uuid'
  | 'jsonb'
  | 'list'
  | 'score'
  | 'other';

/** Which of several givers a value comes from. */
export type SurvivorshipModel = 'precedence' | 'newest' | 'filled';

export interface GoldenModel {
  readonly kind: 'golden';
  readonly name: string;
  readonly type: GoldenType;
  /** The type in SQL, where it is `other`: its values are copied as the server sends them. */
  readonly sqlType: string | null;
  /** In order of precedence. */
  readonly givers: readonly GiverModel[];
  readonly survivorship: SurvivorshipModel;
  /** Columns of one name survive together, from one source; null: by itself. */
  readonly together: string | null;
  /** What the column holds where no giver has a value, in order. Left out: nothing. */
  readonly fallbacks?: readonly FallbackModel[];
  /** A constant where nothing else has a value, as text; the column is not null then. */
  readonly otherwise: string | null;
  /** Words that the column may hold; null: any. */
  readonly words: readonly string[] | null;
  /** A text of nothing but blanks is none, and gives way. Left out: it is a value. */
  readonly blankIsNone?: boolean;
  /** A null does not give way: of the sources that have a row one answers, by `survivorship`, whatever it holds. Left out: it does. */
  readonly nullsCount?: boolean;
}

/** What a shared column holds where no giver has a value. */
export type FallbackModel =
  | {
      /** What the row of the crosswalk holds. */
      readonly kind: 'crosswalk';
      readonly crosswalk: CrosswalkModel;
      readonly column: string;
    }
  | {
      /** What the first giver of another shared column has; or the first words of that, up to a length. */
      readonly kind: 'value-of';
      readonly column: string;
      readonly words: number | null;
    };

/** The row of a crosswalk that rows resolve to. */
export interface ReferenceModel {
  readonly kind: 'reference';
  readonly name: string;
  readonly crosswalk: CrosswalkModel;
}

/** The earliest time at which any row of a thing was made, or the latest at which one was changed; `touched`: or made. */
export interface TimeModel {
  readonly kind: 'earliest' | 'latest' | 'touched';
  readonly name: string;
  /** What the row of the crosswalk holds, where no row of a source says a time. Left out: nothing. */
  readonly otherwise?: { readonly crosswalk: CrosswalkModel; readonly column: string };
  /** The column that it is never before. Left out: none. */
  readonly notBefore?: string;
}

/** A document of scores, each with givers of its own. */
export interface MembersModel {
  readonly kind: 'members';
  readonly name: string;
  readonly members: readonly {
    /** Name of the member. */
    readonly name: string;
    /** Columns that it may come from, in their order. */
    readonly givers: readonly GiverModel[];
  }[];
}

/** A legacy column under a name of its own, in a column that is there whatever the sources have. */
export interface KeptModel {
  readonly kind: 'kept';
  readonly name: string;
  /** In SQL; a source's column keeps its own type, unless both are texts. */
  readonly type: string;
  readonly from: { readonly table: string; readonly column: string };
}

/** A column that the server makes of others of the unified table. */
export interface GeneratedModel {
  readonly kind: 'generated';
  readonly name: string;
  readonly type: string;
  readonly sql: string;
}

/** The unified row that another consolidation made, by its id: the one that a `thing` step found. */
export interface ThingColumnModel {
  readonly kind: 'thing';
  readonly name: string;
  readonly of: ThingModel;
  /** What becomes of the row when that one is deleted. */
  readonly onDelete: 'cascade' | 'set null';
}

/** What is known of the rows of a thing that are kept whole. */
export interface FoldModel {
  readonly kind: 'fold';
  readonly name: string;
  readonly fold: FoldRule;
}

export type FoldRule =
  /** How many there are of a source. */
  | { readonly by: 'count'; readonly table: string }
  /** Their names, without repetition. Of several columns the first one with a value. */
  | { readonly by: 'names'; readonly table: string; readonly names: readonly string[] }
  /** The newest value of each name. */
  | {
      readonly by: 'newest';
      readonly table: string;
      readonly names: readonly string[];
      readonly values: readonly string[];
    }
  /** The mean of values between two bounds, rounded to the places of the type. */
  | {
      readonly by: 'mean';
      readonly table: string;
      readonly values: readonly string[];
      /** `numeric(p,s)`: a mean that it does not hold is none. */
      readonly precision: number;
      readonly scale: number;
      readonly least: string | null;
      readonly most: string | null;
    }
  /** The first word all of whose sources the thing has rows of; null where there is none. */
  | {
      readonly by: 'sources';
      readonly words: readonly { readonly word: string; readonly tables: readonly string[] }[];
    };

/** A column that no legacy table has, for what others write later. */
export interface EmptyModel {
  readonly kind: 'empty';
  readonly name: string;
  /** In SQL. */
  readonly type: string;
}

export type ColumnModel =
  | GoldenModel
  | TimeModel
  | MembersModel
  | KeptModel
  | GeneratedModel
  | ThingColumnModel
  | FoldModel
  | ReferenceModel
  | EmptyModel;

/** What a merge writes of every row. */
export type ComputedModel =
  | GoldenModel
  | TimeModel
  | MembersModel
  | ThingColumnModel
  | FoldModel
  | ReferenceModel;

export function isTime(column: ColumnModel): column is TimeModel {
  return column.kind === 'earliest' || column.kind === 'latest' || column.kind === 'touched';
}

export function computedOf({ columns }: Pick<ConsolidationModel, 'columns'>): ComputedModel[] {
  return columns.filter(
    (column) => column.kind !== 'kept' && column.kind !== 'generated' && column.kind !== 'empty',
  );
}

/** A column of a source that gives a shared column, or a member of one, its value. */
export interface Feed {
  readonly target: string;
  /** Null: the column itself. */
  readonly member: string | null;
  readonly type: GoldenType;
  readonly giver: GiverModel;
  /** A text of nothing but blanks is no value. */
  readonly blankIsNone: boolean;
}

export function feedsOf({ columns }: Pick<ConsolidationModel, 'columns'>): Feed[] {
  return columns.flatMap((column): Feed[] => {
    if (column.kind === 'golden') {
      const { name: target, type, givers, blankIsNone = false } = column;
      return givers.map((giver) => ({ target, member: null, type, giver, blankIsNone }));
    }
    if (column.kind !== 'members') return [];
    return column.members.flatMap(({ name: member, givers }) =>
      givers.map(
        (giver): Feed => ({
          target: column.name,
          member,
          type: 'score',
          giver,
          blankIsNone: false,
        }),
      ),
    );
  });
}

export interface GiverModel {
  readonly table: string;
  /** The legacy column; of what is computed from a row, a name that no column has. */
  readonly column: string;
  readonly conversion: ConversionModel;
  /** The legacy column keeps a column of its own as well, and its value costs no residue. */
  readonly keepsOwn: boolean;
  /** It gives one only in this form of its table. Left out: in each. */
  readonly variant?: string;
}

/** A value's way into a shared column and back. */
export type ConversionModel =
  | {
      /** As the shared type prints it; what the legacy type prints otherwise is residue. */
      readonly kind: 'cast';
      /** Of a time without zone. */
      readonly zone?: string;
    }
  | { readonly kind: 'score'; readonly scale: Scale }
  | {
      readonly kind: 'words';
      /** Raw word to word. */
      readonly words: ReadonlyMap<string, string>;
      /** Word to the raw word that this column nearly always means by it. */
      readonly usual: Readonly<Record<string, string>>;
      /** What an unknown raw word becomes; null: it is residue only. */
      readonly otherwise: string | null;
    }
  | {
      /** A text in capitals, which some variants write in small letters. */
      readonly kind: 'upper';
      readonly lowerIn: readonly string[];
    }
  | { readonly kind: 'epoch'; readonly unit: 'seconds' | 'milliseconds' }
  | { readonly kind: 'scaled'; readonly factor: string }
  | {
      /** SQL over the columns of a row, worked out by the server; these are carried verbatim beside it. */
      readonly kind: 'computed';
      readonly sql: string;
    }
  | { readonly kind: 'truth'; readonly yes: readonly string[]; readonly no: readonly string[] }
  | {
      /** A default that is not stored: no value, and given back where there is none. */
      readonly kind: 'unless';
      readonly is: string;
      readonly of: ConversionModel;
    }
  | {
      /** Another column of the row chooses the conversion. */
      readonly kind: 'when';
      readonly column: string;
      readonly cases: ReadonlyMap<string, ConversionModel>;
      /** For all other rows; null: no value. */
      readonly otherwise: ConversionModel | null;
    }
  | {
      /** One part of a word that gives several columns; all of them together give it back. */
      readonly kind: 'split';
      readonly part: string;
      readonly split: SplitModel;
    };

export interface SplitModel {
  readonly parts: readonly string[];
  /** By word, what each part is, as a text; a part that a word does not name has no value. */
  readonly words: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export interface VetoModel {
  readonly normalizer: Normalizer;
  /** Column by source; a source that is not there has none. */
  readonly columns: ReadonlyMap<string, string>;
}

/** The shared columns that rows give values to. */
export function goldenOf(model: Pick<ConsolidationModel, 'columns'>): GoldenModel[] {
  return model.columns.filter((column) => column.kind === 'golden');
}

/** The source that the others are unified into; undefined where the unified table is a new one. */
export function targetOf({
  into,
  sources,
}: Pick<ConsolidationModel, 'into' | 'sources'>): SourceModel | undefined {
  return sources.find(({ table }) => table === into);
}

/** What the unified table is called until its consolidation is completed: the target has its name until then. */
export function nameMeanwhile(model: Pick<ConsolidationModel, 'into' | 'sources'>): string {
  return targetOf(model) === undefined ? model.into : generatedName(model.into, 'unified');
}

/** Whether a giver is worked out from a row, and is no column of its own. */
export function isComputed({ conversion }: GiverModel): boolean {
  return conversion.kind === 'computed';
}

/** The columns of a row that a step of its ladder reads. */
export function columnsOfStep(step: StepModel): readonly string[] {
  switch (step.kind) {
    case 'via':
      return step.columns;
    case 'same':
      return step.parts.flatMap((part) => ('column' in part ? [part.column] : []));
    case 'through':
      return columnsOfStep(step.step);
    case 'thing':
    case 'named':
      return [step.column];
    case 'resolve':
      return step.alias === null ? step.ids : [...step.ids, step.alias];
  }
}

/**
 * The step by which a source's rows have a key, and the steps before it that may give them another one: no keys that these
 * have through others, which would be a second hop. Null: it has no such step.
 */
export function crosswalkOf(
  { match }: Pick<SourceModel, 'match'>,
  { name }: KeyModel,
): { readonly by: SameModel; readonly before: readonly Exclude<StepModel, ThroughModel>[] } | null {
  const at = match.findIndex((step) => step.kind === 'same' && step.key.name === name);
  const by = match[at];
  if (by?.kind !== 'same') return null;
  return { by, before: match.slice(0, at).filter((step) => step.kind !== 'through') };
}

/** Whether all rows of one match key are one unified row, so that its rows that are kept whole need no other link. */
export function isOnePerKey({ sources }: Pick<ConsolidationModel, 'sources'>): boolean {
  return sources.some(({ isWhole }) => isWhole === true);
}

/** What its rows are found to be about, of the unified rows of another consolidation; null where none has such a column. */
export function thingColumnOf({ columns }: ConsolidationModel): ThingColumnModel | null {
  return columns.find((column) => column.kind === 'thing') ?? null;
}

/** The legacy columns that a summary of a source reads, in the order in which it prefers them. */
export function columnsOfFold(fold: FoldRule): readonly string[] {
  switch (fold.by) {
    case 'names':
      return fold.names;
    case 'newest':
      return [...fold.names, ...fold.values];
    case 'mean':
      return fold.values;
    case 'count':
    case 'sources':
      return [];
  }
}

/** Every step of a source's ladders, whichever form the table has. */
export function allSteps({ match, variants }: SourceModel): readonly StepModel[] {
  return [...match, ...variants.flatMap((variant) => variant.match ?? [])];
}

/** The outside table that a consolidation's rows are resolved by; null: none. */
export function resolverOf({ sources }: Pick<ConsolidationModel, 'sources'>): CrosswalkModel | null {
  for (const source of sources)
    for (const step of allSteps(source)) if (step.kind === 'resolve') return step.crosswalk;
  return null;
}
