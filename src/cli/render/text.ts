/** Text in a terminal's columns. Colour codes take none; wide characters (CJK, emoji) take two. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: picocolors' own escapes, the only ones that get this far.
const COLOR = /\x1b\[\d+m/g;
/** A column each: what most texts are. */
const ONE_EACH = /^[\x20-\x7e]*$/;
const ZERO_WIDTH = /\p{M}/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns that a text takes. */
export function displayWidth(text: string): number {
  if (ONE_EACH.test(text)) return text.length;
  let columns = 0;
  for (const character of text.replace(COLOR, '')) {
    if (!ZERO_WIDTH.test(character)) columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}

/** Fills up with spaces to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + fill : fill + text;
}

/** Cuts an uncoloured text to `width` columns, the last one an ellipsis. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  for (const character of text) {
    if (displayWidth(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Breaks a text at spaces; the lines after the first begin with `indent`. A longer word stays in one piece. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lead = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = lead;
  for (const word of text.slice(lead.length).split(' ')) {
    const start = line === lead || line === indent;
    const longer = start ? line + word : `${line} ${word}`;
    if (displayWidth(longer) <= width || start) {
      line = longer;
    } else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}
