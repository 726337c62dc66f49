import type { TargetOptions } from './target.js';

export interface InitOptions extends Pick<TargetOptions, 'databaseUrl' | 'schema' | 'signal' | 'onProgress'> {
  /** Tables, in order of precedence; one of another schema as `schema.table`. Default: all of the schema, which are ranked. */
  readonly tables?: readonly string[] | undefined;
}

/** A column as it was found. */
export interface InitColumn {
  readonly name: string;
  readonly type: string;
  /** What its values look like: `email`, `phone`, `uuid`, `whole`, `decimal`, `boolean`, `moment`, `json`, `code`, `text`, `other`. */
  readonly form: string;
  /** Of the rows that were looked at: without a value, with nothing but blanks, and how many values are different. */
  readonly seen: number;
  readonly nulls: number;
  readonly blanks: number;
  readonly distinct: number;
}

export interface InitTable {
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
  /** Columns that tell its rows apart; null: there are none, and it can be no source. */
  readonly identity: readonly string[] | null;
  readonly columns: readonly InitColumn[];
}

/** A way in which rows of two tables meet. */
export interface InitLink {
  /** `same`: by one value; `via`: the left column points to a row of the right table. */
  readonly kind: 'same' | 'via';
  readonly left: string;
  readonly right: string;
  /** Values of both, among those that were sampled; and those of them that are spelled alike. */
  readonly commonValues: number;
  readonly spelledAlike: number;
  /** How well other columns of the rows that meet agree, beyond chance: 0 to 1. */
  readonly backing: number;
  /** A foreign key says so. */
  readonly declared: boolean;
  readonly sure: boolean;
}

/** Two columns that may become one. */
export interface InitPair {
  readonly left: string;
  readonly right: string;
  /** Pairs of rows in which both have a value, and those of them in which it is the same. */
  readonly both: number;
  readonly equal: number;
  /** By which factor numbers differ, and in which share of the pairs; null: they are no numbers. */
  readonly ratio: { readonly factor: number; readonly share: number; readonly pairs: number } | null;
  readonly sure: boolean;
  readonly why: string;
}

/** What two tables have to do with each other. */
export interface InitRelation {
  readonly left: string;
  readonly right: string;
  /** Larger where more speaks for it. */
  readonly score: number;
  readonly links: readonly InitLink[];
  readonly pairs: readonly InitPair[];
  /** Why they do not hold the same things; null: they may. */
  readonly unlike: string | null;
}

/** A shared column that is proposed. */
export interface InitShared {
  readonly name: string;
  /** The word of the declaration: `text`, `score`, `words`, ... */
  readonly holds: string;
  /** `table.column`, in order of precedence. */
  readonly givers: readonly string[];
  readonly sure: boolean;
  readonly why: string;
}

export interface InitReport {
  readonly database: string;
  readonly server: string;
  readonly schema: string;
  readonly tables: readonly InitTable[];
  /** Pairs of tables, those that have most in common first. */
  readonly relations: readonly InitRelation[];
  /** Tables that are not in the proposal. */
  readonly leftOut: readonly { readonly table: string; readonly why: string }[];
  /** Null: no two tables hold the same things. */
  readonly proposal: {
    readonly name: string;
    readonly into: string;
    readonly sources: readonly string[];
    readonly columns: readonly InitShared[];
  } | null;
  /** The config file that declares it; null without a proposal. */
  readonly declaration: string | null;
  readonly seconds: number;
}
