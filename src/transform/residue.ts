import { JSONB_VERSION } from '../copy-binary/encode.js';
import type { RowWriter } from '../copy-binary/row-writer.js';
import { NULL } from '../copy-binary/values.js';

/** What one golden record cannot give back: `{ table: { column: value as text, or null } }`, as bytes. */
export class Residue {
  readonly #tables: readonly string[];
  /** Members per source, joined; empty where there are none. */
  readonly #members: string[];
  #isEmpty = true;

  constructor(tables: readonly string[]) {
    this.#tables = tables.map((table) => JSON.stringify(table));
    this.#members = tables.map(() => '');
  }

  clear(): void {
    if (!this.#isEmpty) this.#members.fill('');
    this.#isEmpty = true;
  }

  /** @param label the column's name, in quotes */
  add(source: number, label: string, value: string): void {
    // JSON escapes no byte above 0x7f, so bytes stay bytes.
    const member = `${label}: ${value === NULL ? 'null' : JSON.stringify(value)}`;
    const before = this.#members[source] as string;
    this.#members[source] = before === '' ? member : `${before}, ${member}`;
    this.#isEmpty = false;
  }

  /** Writes it as a field of type jsonb; NULL when there is nothing in it. */
  write(out: RowWriter): void {
    if (this.#isEmpty) {
      out.null();
      return;
    }
    const place = out.open();
    out.text(JSONB_VERSION);
    let before = '{';
    for (let source = 0; source < this.#members.length; source += 1) {
      const members = this.#members[source] as string;
      if (members === '') continue;
      out.text(before);
      out.text(this.#tables[source] as string);
      out.text(': {');
      out.text(members);
      out.text('}');
      before = ', ';
    }
    out.text('}');
    out.close(place);
  }
}
