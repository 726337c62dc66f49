import type { RowWriter } from '../copy-binary/row-writer.js';
import { NULL } from '../copy-binary/values.js';
import { type ConsolidationModel, computedOf } from '../declare/model.js';
import { uuidText, uuidV5Bytes } from '../keys/uuid.js';
import type { BoundPhase } from '../mapping/bind.js';
import { Assembler, type Fallback } from '../transform/assemble.js';
import type { Contributor } from '../transform/contributor.js';
import type { Row } from '../transform/row.js';
import { Fallbacks, type Found } from './fallbacks.js';
import { mergedSources } from './fold-ddl.js';
import type { Side } from './sides.js';

/** Computed columns before the model's own. */
const IDS = 2;

/**
 * Writes the computed columns of one thing: its id and key, the model's columns in their order, for each source of the
 * model whether it has a row, and the residue.
 */
export class GoldenRecord {
  readonly #assembler: Assembler;
  /** For each source of the model the index of the bound one; -1 where it is not in the database. */
  readonly #flags: readonly number[];
  readonly #fallback: Fallback;
  #found: Found = { key: NULL, created: NULL, updated: NULL, touched: NULL, thing: NULL };
  readonly #sides: readonly Side[];
  readonly #ids: { readonly index: number; readonly otherwise: string } | null;

  /** @param summaries writes what is known of the rows that are kept whole, by column */
  constructor(
    model: ConsolidationModel,
    bound: BoundPhase,
    sides: readonly Side[],
    summaries: ReadonlyMap<string, (out: RowWriter) => void> = new Map(),
  ) {
    this.#sides = sides;
    this.#ids =
      model.ids === undefined
        ? null
        : {
            index: sides.findIndex(({ source }) => source.rule.table === model.ids?.table),
            otherwise: model.ids.otherwise,
          };
    const made = computedOf(model);
    const columns = bound.mapping.computed.slice(IDS, IDS + made.length);
    this.#assembler = new Assembler(
      bound.sources,
      sides.map(({ rows }) => rows),
      columns,
      (source, row) => sides[source]?.changedAt(row) ?? NULL,
    );
    this.#flags = mergedSources(model).map(({ table }) =>
      bound.sources.findIndex(({ rule }) => rule.table === table),
    );
    const fallbacks = new Fallbacks(model, bound, sides, () => this.#found);
    const writers = made.map(
      (column, index) => summaries.get(column.name) ?? fallbacks.writerOf(column, columns[index]),
    );
    this.#fallback = (target, rows, out) => writers[target]?.(out, rows);
  }

  /** Legacy columns whose values are taken from any row of their source. */
  get fillers(): readonly Contributor[] {
    return this.#assembler.fillers;
  }

  /** @param rows the winner of each source, in the order of the sources; or null */
  write(out: RowWriter, found: Found, rows: readonly (Row | null)[]): void {
    this.#found = found;
    out.field(this.idOf(rows, found.key));
    out.field(found.key);
    this.#assembler.write(rows, this.#fallback, out, found.filling);
    for (const index of this.#flags) out.byte(index < 0 || rows[index] == null ? 0 : 1);
    this.#assembler.writeResidue(out);
  }

  /** The id of a thing: that of the row of the source whose ids are kept, or of the first one that it has; else one made of its key. */
  idOf(rows: readonly (Row | null)[], key: string): string {
    const ids = this.#ids;
    if (ids !== null) {
      const row = rows[ids.index] ?? null;
      const id = row === null ? NULL : (this.#sides[ids.index]?.identity(row) ?? NULL);
      return id === NULL ? uuidV5Bytes(`${ids.otherwise}${uuidText(key)}`) : id;
    }
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index];
      if (row != null) return this.#sides[index]?.field('ownId', row) ?? NULL;
    }
    return uuidV5Bytes(uuidText(key));
  }
}
