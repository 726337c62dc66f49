/** The name of a shape that a declaration makes: a table has one. */
export const DECLARED = 'declared';

/** One of the forms that a table is found in: which columns tell it, and which it has to have. */
export interface Shape {
  /** Name of the form. */
  readonly name: string;
  /** Columns without which the rows cannot be resolved or merged. A table that lacks one is refused. */
  readonly needed: readonly string[];
  /** Columns that only this shape has: they tell it from the other ones. */
  readonly tellTale: readonly string[];
  /** Further columns that the design knows; any may be missing. */
  readonly known: readonly string[];
}

/** A legacy table that a project knows, whether or not it is found in a database. */
export interface TableRule {
  /** Name of the table. */
  readonly name: string;
  /** `source`: its rows are carried into unified tables. `crosswalk`: it is only read, to resolve keys by. */
  readonly role: 'source' | 'crosswalk';
  /** The forms that it is found in, at least one; the likeliest one counts. */
  readonly shapes: readonly Shape[];
  /**
   * Whether other tables, or ours, name its rows by the column `id`: then it has to be a uuid with a primary key or a
   * unique index of its own.
   */
  readonly namedById: boolean;
  /** Columns that tell its rows apart, where it has to have such: with a primary key or a unique index, and no nulls. */
  readonly identity?: readonly string[];
  /** Whether nothing is begun without it: its name may be misspelt. Absent: its part stays empty where it is not there. */
  readonly isRequired?: boolean;
  /** Absent: it is in the schema of all tables. */
  readonly in?: string;
  /** Of a crosswalk: what is said where several of its rows have one name. */
  readonly repeated?: {
    /** The column of the name. */
    column(shape: string): string;
    /** @param names how many names stand in several rows */
    /** The sentence that says so of a number of names. */
    warning(names: number): string;
  };
  /**
   * Absent: it is looked for in the schema of all tables. Else it may be in a schema of its own: in that of `--app-schema`
   * where one is named, else in that of all tables, else in this one. The tables of a project that have this share one
   * such schema.
   */
  readonly otherwiseIn?: string;
}
