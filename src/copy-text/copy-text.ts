/**
 * Postgres' COPY text format, kept as bytes in latin1 strings: one character is one byte, so a value is
 * spliced, compared and copied without being decoded, and comes out byte for byte as it came in.
 *
 * A *field* is an escaped value as COPY prints it. Equal values have equal fields, because the server
 * escapes in one way only.
 */

/** The field of SQL NULL. */
export const NULL = '\\N';

const UNESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};
const ESCAPED: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** A field's value, still bytes in a latin1 string. Not for NULL. */
export function unescapeField(field: string): string {
  if (!field.includes('\\')) return field;
  return field.replace(/\\(.)/gs, (_, char: string) => UNESCAPED[char] ?? char);
}

/** The field of a value given as bytes in a latin1 string. */
export function escapeField(value: string): string {
  return /[\b\f\n\r\t\v\\]/.test(value)
    ? value.replace(/[\b\f\n\r\t\v\\]/g, (char) => ESCAPED[char] ?? char)
    : value;
}

/** A field as text that people read. Not for NULL. */
export function decode(field: string): string {
  return Buffer.from(unescapeField(field), 'latin1').toString('utf8');
}

/** The field of a text. */
export function encode(text: string): string {
  return escapeField(Buffer.from(text, 'utf8').toString('latin1'));
}

/** A line's fields; the line comes without its line break. */
export function splitLine(line: string): string[] {
  return line.split('\t');
}
