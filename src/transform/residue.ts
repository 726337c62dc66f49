import { JSONB_VERSION } from '../copy-binary/encode.js';
import type { RowWriter } from '../copy-binary/row-writer.js';
import { NULL } from '../copy-binary/values.js';

/** What one golden record cannot give back: `{ key: value as text, or null }`, as bytes; for the keys see `residueKey`. */
export class Residue {
  /** Joined; empty where there are none. */
  #members = '';

  clear(): void {
    this.#members = '';
  }

  /** @param label the key, in quotes */
  add(label: string, value: string): void {
    // JSON escapes no byte above 0x7f, so bytes stay bytes.
    const member = `${label}: ${value === NULL ? 'null' : JSON.stringify(value)}`;
    this.#members = this.#members === '' ? member : `${this.#members}, ${member}`;
  }

  /** Writes it as a field of type jsonb; NULL when there is nothing in it. */
  write(out: RowWriter): void {
    if (this.#members === '') {
      out.null();
      return;
    }
    const place = out.open();
    out.text(JSONB_VERSION);
    out.text('{');
    out.text(this.#members);
    out.text('}');
    out.close(place);
  }
}
