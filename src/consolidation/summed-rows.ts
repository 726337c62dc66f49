import { NULL } from '../copy-binary/values.js';
import type { Group, Output } from '../mapping/merger.js';
import { Contest } from '../transform/dedupe.js';
import type { RowBuilder } from '../transform/output.js';
import { Row } from '../transform/row.js';
import { fill, type Ranked } from './filling.js';
import type { Folds } from './folds.js';
import type { GoldenRecord } from './golden-record.js';
import type { Side } from './sides.js';
import type { Times } from './times.js';

/**
 * Merges the rows of one key where some sources' are kept whole and summed up: the others' winners are the unified row. Rows are
 * gone through twice, and none but the best so far is kept.
 */
export class SummedRows {
  readonly #sides: readonly Side[];
  readonly #golden: GoldenRecord;
  readonly #builder: RowBuilder;
  readonly #folds: Folds;
  readonly #times: Times;
  /** A row of each source that is read again and again, where none of them is kept; and the winners of the key at hand. */
  readonly #passing: readonly Row[];
  readonly #rows: (Row | null)[];
  #thing = NULL;
  /** For each of the fillers the best row that has a value for it. */
  #filling: (Ranked | null)[] = [];

  constructor(
    sides: readonly Side[],
    {
      golden,
      builder,
      folds,
      times,
    }: { golden: GoldenRecord; builder: RowBuilder; folds: Folds; times: Times },
  ) {
    this.#sides = sides;
    this.#golden = golden;
    this.#builder = builder;
    this.#folds = folds;
    this.#times = times;
    this.#passing = sides.map(({ rows }) => new Row(rows));
    this.#rows = sides.map(() => null);
  }

  merge(group: Group, output: Output): void {
    this.#times.clear();
    this.#folds.begin(group);
    this.#thing = NULL;
    this.#filling = this.#golden.fillers.map(() => null);
    for (const side of this.#sides) {
      this.#rows[side.index] = null;
      if ((group.rows[side.index]?.count ?? 0) === 0) continue;
      if (side.isWhole) this.#keep(side, group, output);
      else this.#contest(side, group, output);
    }
    const { created, updated, touched } = this.#times.found;
    const filling = this.#filling.map((entry, at) => entry?.row ?? this.#onlyRow(at));
    const found = { key: group.key, created, updated, touched, thing: this.#thing, filling };
    this.#golden.write(this.#builder.begin(), found, this.#rows);
    output.unified(this.#builder.finish(this.#rows));
  }

  /** The only row of a source fills what it can. */
  #onlyRow(filler: number): Row | null {
    return this.#rows[this.#golden.fillers[filler]?.source ?? -1] ?? null;
  }

  /** Rows that are summed up, and kept whole. */
  #keep(side: Side, group: Group, output: Output): void {
    const rows = group.rows[side.index];
    if (rows === undefined) return;
    const isOnly = rows.count === 1;
    const row = this.#passing[side.index] as Row;
    for (const bytes of rows) {
      row.read(bytes);
      this.#look(side, row);
      this.#folds.enter(side, row, isOnly);
      this.#fold(side, row, group.key, output);
    }
  }

  /** Rows of which one counts. */
  #contest(side: Side, group: Group, output: Output): void {
    const rows = group.rows[side.index];
    if (rows === undefined) return;
    if (rows.count === 1 && rows.first !== undefined) {
      const row = this.#passing[side.index] as Row;
      row.read(rows.first);
      this.#look(side, row);
      this.#rows[side.index] = row;
      output.book(side.index, 'primary');
      return;
    }
    let contest: Contest<Ranked> | null = null;
    for (const bytes of rows) {
      const row = side.rows.read(bytes);
      // Field by field: a spread costs several times as much, for every row.
      const { created, updated, values, identity, version } = side.standing(row, true);
      const entry: Ranked = { created, updated, values, identity, version, row };
      if (contest === null) contest = new Contest(entry, side.order);
      else contest.enter(entry);
      if (this.#filling.length > 0) fill(this.#golden.fillers, this.#filling, side, entry);
    }
    const passing = this.#passing[side.index] as Row;
    for (const bytes of rows) {
      passing.read(bytes);
      this.#look(side, passing);
      if (contest?.claim(side.identity(passing)) === true) output.book(side.index, 'primary');
      else this.#fold(side, passing, group.key, output);
    }
    this.#rows[side.index] = contest?.best.row ?? null;
  }

  #look(side: Side, row: Row): void {
    this.#times.enter(side, row);
    if (this.#thing === NULL) this.#thing = side.field('thing', row);
  }

  /** Its key says what it belongs to. */
  #fold(side: Side, row: Row, key: string, output: Output): void {
    output.folded(this.#builder.folded(side.index, NULL, key, row));
    output.book(side.index, 'folded');
  }
}
