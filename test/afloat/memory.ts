import type { LegacyTableName } from '../../src/redditharbor/tables.js';

/** A row that the writer has made: nobody else ever changes it. */
export interface Own {
  readonly table: LegacyTableName;
  readonly key: string;
}

export interface Submission {
  readonly id: string;
  reddit: string;
}

/** What a writer has committed, and may change. */
export class Memory {
  readonly submissions: Submission[] = [];
  readonly opportunities: string[] = [];
  readonly rows: Own[] = [];
  /** Ids of Reddit for which there is a row of `workflow_results`. */
  readonly worked = new Set<string>();

  forget(table: LegacyTableName, key: string): void {
    drop(this.rows, (row) => row.key === key && row.table === table);
    if (table === 'opportunities') drop(this.opportunities, (id) => id === key);
    if (table === 'submissions') drop(this.submissions, ({ id }) => id === key);
  }
}

function drop<T>(list: T[], is: (item: T) => boolean): void {
  const at = list.findIndex(is);
  if (at >= 0) list.splice(at, 1);
}
