import { NULL } from '../copy-binary/values.js';
import type { Group, Output } from '../mapping/merger.js';
import type { RowBuilder } from '../transform/output.js';
import { Row } from '../transform/row.js';
import type { GoldenRecord } from './golden-record.js';
import type { Side } from './sides.js';
import type { Times } from './times.js';

/**
 * Keys with at most one row in each source, and no two that a veto keeps apart, which nearly all of them are: there is
 * nothing to decide. Each row is the winner that the general way would find.
 */
export class SingleRows {
  readonly #sides: readonly Side[];
  readonly #golden: GoldenRecord;
  readonly #builder: RowBuilder;
  readonly #times: Times;
  /** Rows that are used again for every key, and those of them that the one at hand has. */
  readonly #own: readonly Row[];
  readonly #rows: (Row | null)[];

  constructor(
    sides: readonly Side[],
    { golden, builder, times }: { golden: GoldenRecord; builder: RowBuilder; times: Times },
  ) {
    this.#times = times;
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
    let thing = NULL;
    for (let index = 0; index < length; index += 1) {
      const raw = group.rows[index]?.first;
      this.#rows[index] = null;
      if (raw === undefined) continue;
      const row = this.#own[index] as Row;
      row.read(raw);
      this.#rows[index] = row;
      const side = this.#sides[index] as Side;
      const its = side.field('veto', row);
      if (veto !== NULL && its !== NULL && its !== veto) return false;
      if (its !== NULL) veto = its;
      if (thing === NULL) thing = side.field('thing', row);
      this.#times.enter(side, row);
    }
    const { created, updated, touched } = this.#times.found;
    const found = { key: group.key, created, updated, touched, thing };
    this.#golden.write(this.#builder.begin(), found, this.#rows);
    output.unified(this.#builder.finish(this.#rows));
    for (let index = 0; index < length; index += 1)
      if (this.#rows[index] !== null) output.book(index, 'primary');
    return true;
  }
}
