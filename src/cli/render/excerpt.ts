import { quoted } from '../../format/printable.js';
import type { Style } from '../style.js';
import { displayWidth } from './text.js';

/** Two values that differ, as they are shown: escaped, quoted, and cut around the first difference. */
export interface Excerpt {
  readonly legacy: string;
  readonly unified: string;
  /** Where the first difference is, when that cannot be seen at a glance; else empty. */
  readonly remark: string;
}

/** The share of an excerpt that stands before the first difference. */
const BEFORE = 0.4;

/** Shows two values in at most `room` columns each. SQL NULL has no quotes; the text 'NULL' has. */
export function excerpt(legacy: string | null, unified: string | null, room: number, style: Style): Excerpt {
  const show = (value: string | null, at: number): string =>
    value === null ? style.colors.dim('NULL') : cutAround(value, at, room);
  if (legacy === null || unified === null) {
    return { legacy: show(legacy, 0), unified: show(unified, 0), remark: '' };
  }
  const at = firstDifference(legacy, unified);
  const shown = { legacy: show(legacy, at), unified: show(unified, at) };
  const characters = [characterAt(legacy, at), characterAt(unified, at)];
  // Beyond ASCII there are look-alikes: é and e + accent, Latin a and Cyrillic a. Code points tell them apart.
  const lookAlike = characters.some((character) => /[^\x20-\x7e]/u.test(character));
  const cut = shown.legacy !== quoted(legacy) || shown.unified !== quoted(unified);
  if (!lookAlike && !cut) return { ...shown, remark: '' };
  const position = [...legacy.slice(0, at)].length + 1;
  return {
    ...shown,
    remark: `differ at character ${position}: ${characters.map(nameOf).join(' | ')}`,
  };
}

/** Index of the first difference; the length of the shorter text when the longer one begins with it. */
function firstDifference(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let index = 0;
  while (index < end && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  return boundary(a, index);
}

/** Steps back from between the two halves of a character. */
function boundary(text: string, index: number): number {
  return /[\ud800-\udbff]/.test(text.charAt(index - 1)) ? index - 1 : index;
}

/** Never looks at more than `room` characters of what may be a text of many megabytes. */
function cutAround(value: string, at: number, room: number): string {
  const whole = value.length > room ? null : quoted(value);
  if (whole !== null && displayWidth(whole) <= room) return whole;
  const start = stepBack(value, at, Math.floor(room * BEFORE));
  const columns = room - "''……".length;
  let taken = '';
  for (const character of value.slice(start, start + room)) {
    if (displayWidth(quoted(taken + character)) - 2 > columns) break;
    taken += character;
  }
  const more = start + taken.length < value.length;
  return `${start > 0 ? '…' : ''}${quoted(taken)}${more ? '…' : ''}`;
}

/** Where to begin so that what stands before `at`, escapes included, takes at most `columns`. */
function stepBack(value: string, at: number, columns: number): number {
  let start = at;
  while (start > 0) {
    const earlier = boundary(value, start - 1);
    if (displayWidth(quoted(value.slice(earlier, at))) - 2 > columns) break;
    start = earlier;
  }
  return start;
}

function characterAt(text: string, index: number): string {
  const code = text.codePointAt(index);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function nameOf(character: string): string {
  if (character === '') return 'the end';
  if (/^[\0-\x7f]$/.test(character)) return quoted(character);
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
