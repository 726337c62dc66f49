import { type Encoder, encoderOf } from '../copy-binary/encode.js';
import type { RowWriter } from '../copy-binary/row-writer.js';
import { NULL } from '../copy-binary/values.js';
import { goldenValue } from '../declare/golden-value.js';
import {
  type ComputedModel,
  type ConsolidationModel,
  computedOf,
  type GoldenModel,
} from '../declare/model.js';
import type { BoundPhase } from '../mapping/bind.js';
import type { ComputedColumn } from '../mapping/mapping.js';
import { Assembler, type Fallback } from '../transform/assemble.js';
import type { Contributor } from '../transform/contributor.js';
import type { Row } from '../transform/row.js';
import { ownIdOf, type Side } from './sides.js';

/** Computed columns before the model's own. */
const IDS = 2;

/** What is known of a thing beside the rows that won. */
export interface Found {
  readonly key: string;
  /** When the first row of it was made, and when one was changed last: of all rows; NULL where none says so. */
  readonly created: string;
  readonly updated: string;
  /** For each of `fillers` the first row that it has a value for. Left out: the ones that won. */
  readonly filling?: readonly (Row | null)[];
}

/**
 * Writes the computed columns of one thing: its id and key, the model's columns in their order, for each source of the
 * model whether it has a row, and the residue.
 */
export class GoldenRecord {
  readonly #assembler: Assembler;
  /** For each source of the model the index of the bound one; -1 where it is not in the database. */
  readonly #flags: readonly number[];
  readonly #fallback: Fallback;
  #found: Found = { key: NULL, created: NULL, updated: NULL };

  constructor(model: ConsolidationModel, bound: BoundPhase, sides: readonly Side[]) {
    const made = computedOf(model);
    const columns = bound.mapping.computed.slice(IDS, IDS + made.length);
    this.#assembler = new Assembler(
      bound.sources,
      sides.map(({ rows }) => rows),
      columns,
      (source, row) => sides[source]?.changedAt(row) ?? NULL,
    );
    this.#flags = model.sources.map(({ table }) =>
      bound.sources.findIndex(({ rule }) => rule.table === table),
    );
    const writers = made.map((column, index) => this.#writerOf(column, columns[index]));
    this.#fallback = (target, _rows, out) => writers[target]?.(out);
  }

  /** Legacy columns whose values are taken from any row of their source. */
  get fillers(): readonly Contributor[] {
    return this.#assembler.fillers;
  }

  /** @param rows the winner of each source, in the order of the sources; or null */
  write(out: RowWriter, found: Found, rows: readonly (Row | null)[]): void {
    this.#found = found;
    out.field(idOf(rows));
    out.field(found.key);
    this.#assembler.write(rows, this.#fallback, out, found.filling);
    for (const index of this.#flags) out.byte(index < 0 || rows[index] == null ? 0 : 1);
    this.#assembler.writeResidue(out);
  }

  /** Writes what a column gets that no row gives a value. */
  #writerOf(column: ComputedModel, target: ComputedColumn | undefined): (out: RowWriter) => void {
    if (target?.name !== column.name) throw new Error(`${column.name} is not computed in its place`);
    const encode = encoderOf(target.ddl);
    if (column.kind === 'members') return (out) => out.null();
    if (column.kind === 'golden') return constant(column, encode);
    const which = column.kind === 'earliest' ? 'created' : 'updated';
    return (out) => encode(this.#found[which], out);
  }
}

function constant({ name, type, otherwise }: GoldenModel, encode: Encoder): (out: RowWriter) => void {
  if (otherwise === null) return (out) => out.null();
  const value = goldenValue(type, otherwise);
  if (value === null) throw new Error(`${otherwise} is no value for ${name} of type ${type}`);
  return (out) => encode(value, out);
}

/** The id of a thing is that of the winner of the first source that has one. */
export function idOf(rows: readonly (Row | null)[]): string {
  for (const row of rows) if (row !== null) return ownIdOf(row);
  throw new Error('a thing has no row');
}
