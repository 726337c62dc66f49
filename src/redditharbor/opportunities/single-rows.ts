import { NULL } from '../../copy-binary/values.js';
import { uuidText, uuidV5Bytes } from '../../keys/uuid.js';
import type { Group, Output } from '../../mapping/merger.js';
import type { RowBuilder } from '../../transform/output.js';
import { Row } from '../../transform/row.js';
import { TimeSpan } from '../../transform/time-span.js';
import type { GoldenRecord } from './golden.js';
import type { Side, Sides } from './sides.js';

/**
 * Submissions with at most one row in each table, which nearly all of them are: there is nothing to decide, so no
 * idea is told from another and no contest is held. Each row is the winner that the general way would find.
 */
export class SingleRows {
  readonly #golden: GoldenRecord;
  readonly #builder: RowBuilder;
  readonly #sides: readonly Side[];
  readonly #opportunities: Side | null;
  /** Whether the rows tell their times as they lie. */
  readonly #readsInPlace: boolean;
  readonly #times = new TimeSpan();
  /** Rows that are used again for every submission, and those of them that the one at hand has. */
  readonly #own: readonly Row[];
  readonly #rows: (Row | null)[];

  constructor(sides: Sides, golden: GoldenRecord, builder: RowBuilder) {
    this.#golden = golden;
    this.#builder = builder;
    this.#sides = sides.all;
    this.#opportunities = sides.opportunities;
    this.#readsInPlace = sides.all.every((side) => side.standing.readsInPlace);
    this.#own = sides.all.map((side) => new Row(side.rows));
    this.#rows = sides.all.map(() => null);
  }

  /** Merges such a group; gives false for others, of which it writes nothing. */
  merge(group: Group, output: Output): boolean {
    if (!this.#readsInPlace) return false;
    for (let index = 0; index < this.#sides.length; index += 1)
      if ((group.rows[index]?.count ?? 0) > 1) return false;
    this.#times.clear();
    for (let index = 0; index < this.#sides.length; index += 1) {
      const raw = group.rows[index]?.first;
      this.#rows[index] = null;
      if (raw === undefined) continue;
      const row = this.#own[index] as Row;
      row.read(raw);
      this.#rows[index] = row;
      this.#sides[index]?.standing.readTimes(row, this.#times);
      output.book(index, 'primary');
    }
    const { created, updated } = this.#times;
    const out = this.#builder.begin();
    this.#golden.write(out, { id: this.#idOf(group.key), key: group.key, created, updated }, this.#rows);
    output.unified(this.#builder.finish(this.#rows));
    return true;
  }

  #idOf(key: string): string {
    const side = this.#opportunities;
    const row = side === null ? null : (this.#rows[side.index] ?? null);
    const id = row === null ? NULL : (side?.standing.identity(row) ?? NULL);
    return id === NULL ? uuidV5Bytes(uuidText(key)) : id;
  }
}
