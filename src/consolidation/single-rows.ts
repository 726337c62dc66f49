import { NULL } from '../copy-binary/values.js';
import type { Group, Output } from '../mapping/merger.js';
import type { RowBuilder } from '../transform/output.js';
import { Row } from '../transform/row.js';
import { TimeSpan } from '../transform/time-span.js';
import type { GoldenRecord } from './golden-record.js';
import { type Side, vetoOf } from './sides.js';

/**
 * Keys with at most one row in each source, and no two that a veto keeps apart, which nearly all of them are: there is
 * nothing to decide. Each row is the winner that the general way would find.
 */
export class SingleRows {
  readonly #sides: readonly Side[];
  readonly #golden: GoldenRecord;
  readonly #builder: RowBuilder;
  readonly #times = new TimeSpan(false);
  /** Rows that are used again for every key, and those of them that the one at hand has. */
  readonly #own: readonly Row[];
  readonly #rows: (Row | null)[];

  constructor(sides: readonly Side[], golden: GoldenRecord, builder: RowBuilder) {
    this.#sides = sides;
    this.#golden = golden;
    this.#builder = builder;
    this.#own = sides.map(({ rows }) => new Row(rows));
    this.#rows = sides.map(() => null);
  }

  /** Merges such a group; gives false for others, of which it writes nothing. */
  merge(group: Group, output: Output): boolean {
    const { length } = this.#sides;
    for (let index = 0; index < length; index += 1) if ((group.rows[index]?.count ?? 0) > 1) return false;
    this.#times.clear();
    let veto = NULL;
    for (let index = 0; index < length; index += 1) {
      const raw = group.rows[index]?.first;
      this.#rows[index] = null;
      if (raw === undefined) continue;
      const row = this.#own[index] as Row;
      row.read(raw);
      this.#rows[index] = row;
      const its = vetoOf(row);
      if (veto !== NULL && its !== NULL && its !== veto) return false;
      if (its !== NULL) veto = its;
      this.#sides[index]?.times.readTimes(row, this.#times);
    }
    const { created, updated } = this.#times;
    this.#golden.write(this.#builder.begin(), { key: group.key, created, updated }, this.#rows);
    output.unified(this.#builder.finish(this.#rows));
    for (let index = 0; index < length; index += 1)
      if (this.#rows[index] !== null) output.book(index, 'primary');
    return true;
  }
}
