/**
 * Values as the transformers see them: bytes in latin1 strings (one character is one byte), so that they are
 * compared, spliced and copied without being decoded. Text is UTF-8; numbers are written as Postgres prints them;
 * uuids and moments are the bytes that Postgres sends, which sort as the values do.
 */

/** SQL NULL: a character that no byte is, so that no value can be taken for it. */
export const NULL = '\u2400';

/** A text value as people read it. Not for NULL. */
export function decode(value: string): string {
  return isAscii(value) ? value : Buffer.from(value, 'latin1').toString('utf8');
}

/** The value of a text. */
export function encode(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}
