import type { Scale } from '../mapping/conversions/score.js';
import type { Normalizer } from '../mapping/normalizers.js';

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
  /** The unified table. */
  readonly into: string;
  /** The table of rows that are kept whole because another one of their source won. */
  readonly duplicates: string;
  /** In order of precedence. */
  readonly sources: readonly SourceModel[];
  /** Columns of the unified table that are shared, in its order. A legacy column named nowhere is carried verbatim. */
  readonly columns: readonly ColumnModel[];
  /** Rows of one match key that differ here are different things; null: none are. */
  readonly veto: VetoModel | null;
  /** A group of more rows stops a plan until it is accepted by name. */
  readonly largestGroup: number;
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
  /** Columns that are a part of every key and pointer, in an order that all sources share: the tenant. */
  readonly within: readonly string[];
  readonly times: TimesModel;
  readonly winner: WinnerModel;
}

export interface TimesModel {
  /** When a row was made: the earliest counts. */
  readonly created: readonly string[];
  /** When it was last changed: the latest counts. */
  readonly updated: readonly string[];
}

/** Which of several rows of one source and thing is the one that counts; the identity decides what is left. */
export type WinnerModel =
  | { readonly by: 'newest' }
  | { readonly by: 'most-values' }
  | { readonly by: 'oldest' }
  | { readonly by: 'smallest-identity' };

export type StepModel =
  | {
      readonly kind: 'same';
      /** Two steps meet only through one name. */
      readonly key: KeyModel;
      /** One for each part of the key, in its order. */
      readonly parts: readonly PartModel[];
    }
  | {
      /** The row has the key of the row of another source that it points to. */
      readonly kind: 'via';
      readonly table: string;
      /** They name that row's identity, column by column. */
      readonly columns: readonly string[];
    };

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
  | 'score'
  | 'other';

/** Which of several givers a value comes from. */
export type SurvivorshipModel = 'precedence' | 'newest';

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
  /** A constant where no giver has a value, as text; the column is not null then. */
  readonly otherwise: string | null;
  /** Words that the column may hold; null: any. */
  readonly words: readonly string[] | null;
}

/** The earliest time at which any row of a thing was made, or the latest at which one was changed. */
export interface TimeModel {
  readonly kind: 'earliest' | 'latest';
  readonly name: string;
}

export type ColumnModel = GoldenModel | TimeModel;

export interface GiverModel {
  readonly table: string;
  /** The legacy column; of what is computed from a row, a name that no column has. */
  readonly column: string;
  readonly conversion: ConversionModel;
  /** The legacy column keeps a column of its own as well, and its value costs no residue. */
  readonly keepsOwn: boolean;
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
  | { readonly kind: 'epoch'; readonly unit: 'seconds' | 'milliseconds' }
  | { readonly kind: 'scaled'; readonly factor: string }
  | {
      /** SQL over the columns of a row, worked out by the server; these are carried verbatim beside it. */
      readonly kind: 'computed';
      readonly sql: string;
    }
  | { readonly kind: 'truth'; readonly yes: readonly string[]; readonly no: readonly string[] };

export interface VetoModel {
  readonly normalizer: Normalizer;
  /** Column by source; a source that is not there has none. */
  readonly columns: ReadonlyMap<string, string>;
}

/** Whether a giver is worked out from a row, and is no column of its own. */
export function isComputed({ conversion }: GiverModel): boolean {
  return conversion.kind === 'computed';
}

/** The columns of a row that a step of its ladder reads. */
export function columnsOfStep(step: StepModel): readonly string[] {
  return step.kind === 'via'
    ? step.columns
    : step.parts.flatMap((part) => ('column' in part ? [part.column] : []));
}
