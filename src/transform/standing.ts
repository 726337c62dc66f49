import { NULL } from '../copy-text/copy-text.js';
import { columnOf, isUniqueKey } from '../legacy/catalog.js';
import type { BoundSource } from '../mapping/bind.js';
import { countValues, type Standing } from './dedupe.js';
import { fieldAt, type Row, type RowReader } from './row.js';
import { earlier, later, timestampReader } from './timestamps.js';

interface TimeColumn {
  readonly field: number;
  readonly read: (field: string) => string;
}

/** Reads a source's standings: which columns say when a row was made, and when it was last reviewed or updated. */
export class StandingReader {
  readonly #created: readonly TimeColumn[];
  readonly #updated: readonly TimeColumn[];
  readonly #id: number;

  constructor(
    source: BoundSource,
    rows: RowReader,
    times: { readonly created: readonly string[]; readonly updated: readonly string[] },
  ) {
    const columns = (names: readonly string[]) =>
      names.flatMap((name): TimeColumn[] => {
        const field = rows.indexOf(name);
        const read = timestampReader(columnOf(source.table, name)?.type.kind ?? '');
        return field < 0 || read === undefined ? [] : [{ field, read }];
      });
    this.#created = columns(times.created);
    this.#updated = columns(times.updated);
    this.#id = isUniqueKey(source.table, 'id') ? rows.indexOf('id') : -1;
  }

  /** @param ranked whether there are other rows to compare with */
  read(row: Row, ranked: boolean): Standing {
    let created = NULL;
    for (const { field, read } of this.#created) created = earlier(created, read(fieldAt(row, field)));
    let updated = NULL;
    for (const { field, read } of this.#updated) updated = later(updated, read(fieldAt(row, field)));
    return { created, updated, values: ranked ? countValues(row) : 0, identity: this.identity(row) };
  }

  /** What tells the row from the others of its table: its id, or the whole line where two rows may have one id. */
  identity(row: Row): string {
    return this.#id < 0 ? row.line : fieldAt(row, this.#id);
  }
}
