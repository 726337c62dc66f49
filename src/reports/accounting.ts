/** Law 2: `source = primary + folded + rejected`, per legacy table. */
export interface Accounting {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Legacy rows of the table. */
  readonly source: number;
  /** Rows that a unified row is made of, one each. */
  readonly primary: number;
  /** Rows that were folded into another one and are kept whole beside it. */
  readonly folded: number;
  /** Rows that were put aside with their reason. */
  readonly rejected: number;
  /** Whether `source` is the sum of the other three. */
  readonly balanced: boolean;
}
