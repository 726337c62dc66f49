import { rowText } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import { type CatalogTable, columnOf } from '../legacy/catalog.js';
import type { BoundSource } from '../mapping/bind.js';
import { countValues, type Standing } from './dedupe.js';
import { type IdentityReader, identityReader } from './identity.js';
import { fieldAt, type Row, type RowReader } from './row.js';
import { type TimeSpan, timeIn } from './time-span.js';
import { earlier, isMoment, isSentAsMoment, later } from './timestamps.js';

/** Which of the columns a table has as moments. */
export function timeColumns(table: Pick<CatalogTable, 'columns'>, names: readonly string[]): string[] {
  return names.filter((name) => isMoment(columnOf(table, name)?.type.kind ?? ''));
}

/** Reads a source's standings: which columns say when a row was made, and when it was last reviewed or updated. */
export class StandingReader {
  readonly #created: readonly number[];
  readonly #updated: readonly number[];
  readonly #identity: IdentityReader | null;
  /** Whether all its times are sent as they are compared. */
  readonly readsInPlace: boolean;

  constructor(
    source: BoundSource,
    rows: RowReader,
    times: { readonly created: readonly string[]; readonly updated: readonly string[] },
  ) {
    const columns = (names: readonly string[]) =>
      timeColumns(source.table, names)
        .map((name) => rows.indexOf(name))
        .filter((field) => field >= 0);
    this.#created = columns(times.created);
    this.#updated = columns(times.updated);
    const identity = identityReader(source, rows);
    this.#identity = identity?.isUnique === true ? identity : null;
    this.readsInPlace = [...times.created, ...times.updated].every((name) => {
      const kind = columnOf(source.table, name)?.type.kind ?? '';
      return !isMoment(kind) || isSentAsMoment(kind);
    });
  }

  /** @param ranked whether there are other rows to compare with */
  read(row: Row, ranked: boolean): Standing {
    const created = this.madeAt(row);
    const updated = this.updatedAt(row);
    return { created, updated, values: ranked ? countValues(row) : 0, identity: this.identity(row) };
  }

  /** Adds the times of a row to those of a record; without making values of them, where `readsInPlace`. */
  readTimes(row: Row, span: TimeSpan): void {
    if (this.readsInPlace)
      span.enter(row, timeIn(row, this.#created, 'earliest'), timeIn(row, this.#updated, 'latest'));
    else span.enterValues(this.madeAt(row), this.updatedAt(row));
  }

  /** When the row was last reviewed or updated. */
  updatedAt(row: Row): string {
    let updated = NULL;
    for (const field of this.#updated) updated = later(updated, fieldAt(row, field));
    return updated;
  }

  /** When the row was made. */
  madeAt(row: Row): string {
    let created = NULL;
    for (const field of this.#created) created = earlier(created, fieldAt(row, field));
    return created;
  }

  /** What tells the row from the others of its table: its identity, or all its bytes where two rows may have one. */
  identity(row: Row): string {
    return this.#identity === null ? rowText(row) : this.#identity.read(row);
  }
}
