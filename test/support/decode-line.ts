import { decode, NULL, splitLine } from '../../fixtures/copy-text.js';

/** The values of a COPY line's fields, as text that people read. */
export function decodeLine(line: string): (string | null)[] {
  return splitLine(line).map((field) => (field === NULL ? null : decode(field)));
}
