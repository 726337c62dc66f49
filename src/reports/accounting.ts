/** Law 2: `source = primary + folded + rejected`, per legacy table. */
export interface Accounting {
  readonly table: string;
  readonly source: number;
  readonly primary: number;
  readonly folded: number;
  readonly rejected: number;
  readonly balanced: boolean;
}
