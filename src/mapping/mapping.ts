import type { Memory } from '../copy-binary/framing.js';
import type { CatalogColumn, ColumnType } from '../legacy/catalog.js';
import type { ReferrerRule } from './referrer.js';

/**
 * What a mapping is. One declaration per phase says where every legacy column goes; the transformers, the
 * tables, the legacy views and the verifier are all derived from it, so that a rule exists once.
 *
 *   own      a column of its own, with the legacy type: copied byte for byte, never touched
 *   golden   a column shared by several sources; the first that has a value gives it (survivorship)
 *   member   a member of a jsonb column, otherwise as golden
 *   id       the id of the unified row itself
 *
 * What a golden value cannot give back exactly is kept in `residue`, per source and column, as text.
 */
export type Home =
  | { readonly kind: 'id' }
  | {
      readonly kind: 'own';
      readonly target: string;
      /** A fixed type instead of the legacy column's, for the columns that the design names. */
      readonly type?: 'text';
      /** The transformer looks at it. */
      readonly read?: boolean;
      /** Legacy rows are looked up by it: it gets an index. */
      readonly key?: boolean;
      /** A golden column that it gives a value as well; its own value is at home here, and never residue. */
      readonly gives?: {
        readonly target: string;
        readonly conversion: ConversionFor;
        /** What is written to the golden column directly does not reach it. */
        readonly oneWay?: true;
      };
    }
  | {
      readonly kind: 'golden';
      readonly target: string;
      readonly conversion: ConversionFor;
      /** Further golden columns that the one value gives theirs; the conversion's inverse looks at all of them. */
      readonly also?: readonly { readonly target: string; readonly conversion: ConversionFor }[];
    }
  | {
      readonly kind: 'member';
      readonly target: string;
      readonly member: string;
      readonly conversion: ConversionFor;
    };

/**
 * A value's way into a golden column and back. Both directions stand side by side, and a test holds them
 * against each other on a real server.
 *
 * A legacy value is the text that the server prints for it. A golden value is what the encoder of its type takes: see
 * `copy-binary/encode.ts`.
 */
export interface Conversion {
  /** The golden value that a legacy value gives; null when the golden type cannot hold anything like it. */
  forward(value: string): string | null;
  /** Whether `inverse` gives this very value back from `forward(value)`. */
  exact(value: string): boolean;
  /**
   * Whether a value's bytes, as they are sent, are those of its golden value, which gives it back exactly: then they
   * are copied, and nobody makes a string of them. May be left out, or say no to some such values: it only saves time.
   */
  passes?(memory: Memory, from: number, to: number): boolean;
  /** The hundredths of a golden score that gives the value back exactly, likewise found in its bytes; -1 if not. */
  points?(memory: Memory, from: number, to: number): number;
  /**
   * Whether a legacy value is what `inverse` gives where there is no golden value: then it needs no residue. `forward` makes
   * nothing of it. Left out: null alone is.
   *
   * @param value NULL for none
   */
  none?(value: string): boolean;
  /** By another column of the row another conversion is chosen than this one, of which `forward` and its like are for the rest. */
  readonly chosen?: Chosen;
  /** SQL that gives the legacy value, of the legacy type, from an expression of the golden type, which may be null. */
  inverse(golden: string, beside: Beside): string;
  /**
   * SQL of the golden value that `forward` makes of what `inverse` gives, where that is equal and yet printed otherwise: with
   * the places that the legacy type keeps. Left out: it is printed as the golden value.
   */
  respelled?(golden: string, beside: Beside): string;
  /**
   * SQL condition on a golden expression that is not null: the legacy type can hold it, so that `forward` makes the
   * same of what `inverse` gives. Asked when an application writes to a golden column.
   */
  holds(golden: string, beside: Beside): string;
  /** The same of no golden value. Left out: it always can. */
  holdsNone?(beside: Beside): string;
}

/** SQL of what else the unified row holds that a golden value is in. */
export interface Beside {
  /** Another column of the same source, one that has a column of its own, as a text. */
  legacy(column: string): string;
  /** Another golden column. */
  golden(column: string): string;
}

/** Which conversion a value has, by what is printed in another column of its row. */
export interface Chosen {
  readonly column: string;
  /** By the other column's value, as the transformer reads it. */
  readonly by: ReadonlyMap<string, Conversion>;
  /** What of that value counts. */
  read(value: string): string;
}

/**
 * Makes the conversion for a legacy column as it is found; null when its type is none that the rule knows.
 *
 * @param beside the columns of its table
 */
export type ConversionFor = (
  column: Pick<CatalogColumn, 'type'>,
  shape: string,
  beside?: readonly CatalogColumn[],
) => Conversion | null;

export interface SourceRule {
  readonly table: string;
  /** Begins the names of columns that hold this table's own values. */
  readonly prefix: string;
  /** Its own columns are called in the unified table as they are in this one. Left out: the prefix comes before. */
  readonly keepsNames?: true;
  /**
   * The boolean column of the unified table that says that a row of this table is in it; null when its rows only
   * ever go whole into the table of folded rows.
   */
  readonly flag: string | null;
  /** The columns that tell its rows apart. */
  readonly identity: readonly string[];
  /**
   * Columns by which the table's rows are found again where no unique identity names one: the first of the table's that its keys
   * are made of.
   */
  readonly locators: readonly string[];
  /** Columns that together name a row where nothing unique does; equal rows may share them. None: there are no such. */
  readonly looseIdentity: readonly string[];
  /**
   * Columns that say which of several rows of one thing was touched last. A direct write may not move them back where there
   * are such rows: another one would win.
   */
  readonly winnerTimes: readonly string[];
  /** The same where the row that was made first counts: they may not move on. Left out: none. */
  readonly oldestTimes?: readonly string[];
  /** The same of a column with versions, of which the highest counts: it may not become a lower one. Left out: there is none. */
  readonly winnerVersion?: string;
  /** Columns that say when a row was made or changed; left out: every one that holds moments. */
  readonly times?: readonly string[];
  /** Where each column goes, by name; a column not listed gets a column of its own. */
  readonly homes: ReadonlyMap<string, Home>;
  /** What the server works out from a row for golden columns; left out: nothing. */
  readonly gifts?: readonly Gift[];
}

/** A golden column's value that is worked out from a whole row, so that no legacy value depends on it. */
export interface Gift {
  /** By which a golden column names it among its givers; no column can be called so. */
  readonly name: string;
  readonly target: string;
  /** SQL of the golden type over the bare names of the table's columns. */
  readonly sql: string;
}

/** A column of the unified table that the transformer computes, in the order in which it gives them. */
export interface ComputedColumn {
  readonly name: string;
  /** Type and column constraints. */
  readonly ddl: string;
  /** Which giver's value it gets; left out: the first that has one, in the order of the sources and of their columns. */
  readonly survivorship?: Survivorship;
}

/** Which of several givers a golden column gets its value from. A null gives way to the next one. */
export interface Survivorship {
  /** In order of precedence. */
  readonly givers: readonly { readonly table: string; readonly column: string }[];
  /**
   * `filled`: the first that any row of the giver's source has, in the order in which its rows win. `newest`: the giver whose row was changed last; a row
   * without a time comes last, and the order decides between equals.
   */
  readonly by: 'precedence' | 'newest' | 'filled';
  /** Columns of one name get the values of one row, nulls included: of the first row that has any of them. */
  readonly together: string | null;
  /** A null does not give way: the first source that has a row answers, or the newest one. Left out: it does. */
  readonly nullsCount?: boolean;
}

/** What the unified table takes over from one of its sources as it comes to stand on its own. */
export interface TakeOver {
  readonly table: string;
  /** The column that tells the source's rows apart, whose values all unified rows come to have. */
  readonly id: {
    readonly column: string;
    /** Its column in the unified table until then, and from then on. */
    readonly meanwhile: string;
    readonly then: string;
  };
  /** What the uuid of a unified row is called from then on. */
  readonly recordId: string;
  /** The name of the source, which the unified table takes; null: it keeps its own. */
  readonly name: string | null;
}

export interface PhaseMapping {
  readonly phase: string;
  /** What one unified row is, for messages: `customer`. */
  readonly thing: string;
  readonly unified: string;
  readonly folded: string;
  /**
   * Whether all rows of one merge key are one unified row: then the key says what a row that is kept whole belongs to,
   * and its table has no `unified_id`.
   */
  readonly isOnePerKey?: boolean;
  readonly computed: readonly ComputedColumn[];
  /** Further columns that exist whatever the sources hold: name and type. */
  readonly always: readonly ComputedColumn[];
  /**
   * What computed columns of a new row get by themselves, as SQL, once the unified table stands on its own. Those that
   * `ReverseRules` call computed have to be left out of a direct write, or be as they are, until then.
   */
  readonly defaults: Readonly<Record<string, string>>;
  /** In order of survivorship. */
  readonly sources: readonly SourceRule[];
  /** Left out: nothing. */
  readonly takeOver?: TakeOver;
  /** Outside tables that name rows of sources without a foreign key. Left out: none. */
  readonly referrers?: readonly ReferrerRule[];
}

/** A legacy column with its home settled. */
export interface BoundColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly home:
    | { readonly kind: 'id' }
    | {
        readonly kind: 'own';
        readonly target: string;
        /** The type that it has in the unified table. */
        readonly stored: string;
        readonly gives?: {
          readonly target: string;
          readonly conversion: Conversion;
          readonly oneWay?: true;
        };
      }
    | {
        readonly kind: 'golden';
        readonly target: string;
        readonly conversion: Conversion;
        readonly also?: readonly { readonly target: string; readonly conversion: Conversion }[];
      }
    | {
        readonly kind: 'member';
        readonly target: string;
        readonly member: string;
        readonly conversion: Conversion;
      };
  readonly read: boolean;
  readonly key: boolean;
}
