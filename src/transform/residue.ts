import { JSONB_VERSION } from '../copy-binary/encode.js';
import { compareMembers } from '../copy-binary/jsonb-order.js';
import type { RowWriter } from '../copy-binary/row-writer.js';
import { NULL } from '../copy-binary/values.js';

/** What one golden record cannot give back: `{ key: value as text, or null }`, as bytes; for the keys see `residueKey`. */
export class Residue {
  /** In jsonb's order. */
  readonly #members: { readonly label: string; readonly text: string }[] = [];

  clear(): void {
    this.#members.length = 0;
  }

  /** @param label the key, in quotes */
  add(label: string, value: string): void {
    // JSON escapes no byte above 0x7f, so bytes stay bytes.
    const text = `${label}: ${value === NULL ? 'null' : JSON.stringify(value)}`;
    let at = this.#members.length;
    while (at > 0 && compareMembers(label, this.#members[at - 1]?.label ?? '') < 0) at -= 1;
    // A column that gives several golden columns a value is booked once.
    if (this.#members[at - 1]?.label === label) return;
    this.#members.splice(at, 0, { label, text });
  }

  /** Writes it as a field of type jsonb; NULL when there is nothing in it. */
  write(out: RowWriter): void {
    if (this.#members.length === 0) {
      out.null();
      return;
    }
    const place = out.open();
    out.text(JSONB_VERSION);
    out.text('{');
    out.text(this.#members.map(({ text }) => text).join(', '));
    out.text('}');
    out.close(place);
  }
}
