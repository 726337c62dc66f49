import { NULL } from '../copy-binary/values.js';
import type { ConsolidationModel } from '../declare/model.js';
import type { Row } from '../transform/row.js';
import { TimeSpan } from '../transform/time-span.js';
import type { Side } from './sides.js';

/** When the rows of a thing were made and changed; NULL where none says so. */
export interface Moments {
  readonly created: string;
  readonly updated: string;
  /** The latest of both. */
  readonly touched: string;
}

/** Finds the times of a thing row by row, as far as columns ask for them. */
export class Times {
  readonly #changed: TimeSpan | null;
  readonly #touched: TimeSpan | null;

  constructor({ columns }: ConsolidationModel) {
    const asks = (kind: string) => columns.some((column) => column.kind === kind);
    this.#touched = asks('touched') ? new TimeSpan(true) : null;
    this.#changed =
      asks('latest') || (this.#touched === null && asks('earliest')) ? new TimeSpan(false) : null;
  }

  clear(): void {
    this.#changed?.clear();
    this.#touched?.clear();
  }

  enter({ times }: Side, row: Row): void {
    if (this.#changed !== null) times.readTimes(row, this.#changed);
    if (this.#touched !== null) times.readTimes(row, this.#touched);
  }

  get found(): Moments {
    const [changed, touched] = [this.#changed, this.#touched];
    return {
      created: (changed ?? touched)?.created ?? NULL,
      updated: changed?.updated ?? NULL,
      touched: touched?.updated ?? NULL,
    };
  }
}
