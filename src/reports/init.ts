import type { TargetOptions } from './target.js';

/** Options of `init`. */
export interface InitOptions extends Pick<TargetOptions, 'databaseUrl' | 'schema' | 'signal' | 'onProgress'> {
  /** Tables, in order of precedence; one of another schema as `schema.table`. Default: all of the schema, which are ranked. */
  readonly tables?: readonly string[] | undefined;
}

/** A column as it was found. */
export interface InitColumn {
  /** Its name. */
  readonly name: string;
  /** Its type, as Postgres prints it. */
  readonly type: string;
  /** What its values look like: `email`, `phone`, `uuid`, `whole`, `decimal`, `boolean`, `moment`, `json`, `code`, `text`, `other`. */
  readonly form: string;
  /** Of the rows that were looked at: without a value, with nothing but blanks, and how many values are different. */
  readonly seen: number;
  /** Rows in which it is null, of those that were read. */
  readonly nulls: number;
  /** Rows in which it is a text of blanks alone, of those that were read. */
  readonly blanks: number;
  /** Distinct values among those that were read. */
  readonly distinct: number;
}

/** A table that was looked at. */
export interface InitTable {
  /** Schema of the tables. */
  readonly schema: string;
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Number of rows. */
  readonly rows: number;
  /** Columns that tell its rows apart; null: there are none, and it can be no source. */
  readonly identity: readonly string[] | null;
  /** Its columns. */
  readonly columns: readonly InitColumn[];
}

/** A way in which rows of two tables meet. */
export interface InitLink {
  /** `same`: by one value; `via`: the left column points to a row of the right table. */
  readonly kind: 'same' | 'via';
  /** Column of the one table. */
  readonly left: string;
  /** Column of the other table. */
  readonly right: string;
  /** Values of both, among those that were sampled; and those of them that are spelled alike. */
  readonly commonValues: number;
  /** Those of the common values that are spelled alike in both. */
  readonly spelledAlike: number;
  /** How well other columns of the rows that meet agree, beyond chance: 0 to 1. */
  readonly backing: number;
  /** A foreign key says so. */
  readonly declared: boolean;
  /** Whether it holds for every value that was compared. */
  readonly sure: boolean;
}

/** Two columns that may become one. */
export interface InitPair {
  /** Column of the one table. */
  readonly left: string;
  /** Column of the other table. */
  readonly right: string;
  /** Pairs of rows in which both have a value, and those of them in which it is the same. */
  readonly both: number;
  /** Those of the pairs in which the values are equal, letters and digits alone. */
  readonly equal: number;
  /** By which factor numbers differ, and in which share of the pairs; null: they are no numbers. */
  readonly ratio: {
    /** The factor. */
    readonly factor: number;
    /** Share of the pairs that have it, from 0 to 1. */
    readonly share: number;
    /** Pairs that were compared. */
    readonly pairs: number;
  } | null;
  /** Whether it holds for every value that was compared. */
  readonly sure: boolean;
  /** The reason, in a sentence. */
  readonly why: string;
}

/** What two tables have to do with each other. */
export interface InitRelation {
  /** The one table. */
  readonly left: string;
  /** The other table. */
  readonly right: string;
  /** Larger where more speaks for it. */
  readonly score: number;
  /** Columns by which rows may match. */
  readonly links: readonly InitLink[];
  /** Columns that hold the same of matched rows. */
  readonly pairs: readonly InitPair[];
  /** Why they do not hold the same things; null: they may. */
  readonly unlike: string | null;
}

/** A shared column that is proposed. */
export interface InitShared {
  /** Its name. */
  readonly name: string;
  /** The word of the declaration: `text`, `score`, `words`, ... */
  readonly holds: string;
  /** `table.column`, in order of precedence. */
  readonly givers: readonly string[];
  /** Whether it holds for every value that was compared. */
  readonly sure: boolean;
  /** The reason, in a sentence. */
  readonly why: string;
}

/** What tables have in common, and what is proposed. */
export interface InitReport {
  /** Name of the database. */
  readonly database: string;
  /** Version of the server, such as `18.4`. */
  readonly server: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** One entry for each table. */
  readonly tables: readonly InitTable[];
  /** Pairs of tables, those that have most in common first. */
  readonly relations: readonly InitRelation[];
  /** Tables that are not in the proposal. */
  readonly leftOut: readonly {
    /** Name of the table, without its schema. */
    readonly table: string;
    /** The reason, in a sentence. */
    readonly why: string;
  }[];
  /** Null: no two tables hold the same things. */
  readonly proposal: {
    /** Name of the consolidation. */
    readonly name: string;
    /** Name of the unified table. */
    readonly into: string;
    /** Names of the sources. */
    readonly sources: readonly string[];
    /** Its shared columns. */
    readonly columns: readonly InitShared[];
  } | null;
  /** The config file that declares it; null without a proposal. */
  readonly declaration: string | null;
  /** Time that it took, in seconds. */
  readonly seconds: number;
}
