/**
 * Characters that a terminal obeys or that a reader cannot see: controls (C0, DEL, C1), formats (bidi controls,
 * zero-width characters, tags), line and paragraph separators, private use, and surrogates without a partner.
 */
const HAZARD = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** What most texts are: nothing in them is to be looked for by its class, which costs milliseconds to build. */
const PLAIN = /^[\x20-\x7e]*$/;
const PLAIN_LINES = /^[\x20-\x7e\n]*$/;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Makes a text from outside (data, names, messages) safe to print on one line of a terminal: whatever could move the
 * cursor, change colours, break the line or reorder the text is shown as an escape.
 */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HAZARD, escapeCharacter);
}

/** A value as a quoted literal that can be told from every other: backslashes, quotes and hazards are escaped. */
export function quoted(text: string): string {
  return `'${printable(text.replace(/[\\']/g, '\\$&'))}'`;
}

export type JsonLayout = 'document' | 'line';

/** JSON text with the hazards that JSON itself allows (C1 controls, bidi controls, ...) as `\uXXXX`: same value. */
export function printableJson(value: unknown, layout: JsonLayout = 'document'): string {
  const text = JSON.stringify(value, null, layout === 'line' ? undefined : 2);
  if (PLAIN_LINES.test(text)) return text;
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
