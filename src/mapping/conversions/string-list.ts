import { isReadable } from '../../copy-binary/decode.js';
import { decode, encode } from '../../copy-binary/values.js';
import { holdsOf } from '../../types/builtin.js';
import type { ConversionFor } from '../mapping.js';
import { sameText } from './same.js';

/** An array of plain ASCII strings without blanks around them: by far the most frequent case. */
const CANONICAL =
  /^\["[!#-[\]-~](?:[ !#-[\]-~]*[!#-[\]-~])?"(?:, "[!#-[\]-~](?:[ !#-[\]-~]*[!#-[\]-~])?")*\]$/;

const [QUOTE, COMMA, BLANK, BACKSLASH, TILDE] = [0x22, 0x2c, 0x20, 0x5c, 0x7e];
const [OPEN, CLOSE] = [0x5b, 0x5d];

/** The same, said of bytes. */
function isCanonical(bytes: Uint8Array, from: number, to: number): boolean {
  const last = to - 1;
  if (bytes[from] !== OPEN || bytes[last] !== CLOSE) return false;
  for (let at = from + 1; ; at += 2) {
    if (bytes[at] !== QUOTE) return false;
    const first = at + 1;
    for (at = first; bytes[at] !== QUOTE; at += 1) {
      const byte = bytes[at] as number;
      if (at >= last || byte < BLANK || byte > TILDE || byte === BACKSLASH) return false;
    }
    if (at === first || at >= last || bytes[first] === BLANK || bytes[at - 1] === BLANK) return false;
    at += 1;
    if (at === last) return true;
    if (bytes[at] !== COMMA || bytes[at + 1] !== BLANK) return false;
  }
}

/**
 * A list that was written three ways (a JSON array; a JSON string that itself holds a JSON array; `one, two,
 * three`) becomes a jsonb array of trimmed strings. A JSON object, number or boolean is no list: no golden value.
 */
export const stringList: ConversionFor = ({ type }) => {
  const isJson = holdsOf(type.kind) === 'json';
  if (!isJson && (type.category !== 'S' || !isReadable(type))) return null;
  // The same value is asked for several times in a row: does it survive, does the golden value give it back.
  let last: { readonly value: string; readonly golden: string | null } = { value: '', golden: '[]' };
  const forward = (value: string) => {
    if (CANONICAL.test(value)) return value;
    if (value !== last.value) {
      const items = readList(decode(value), isJson);
      last = { value, golden: items === null ? null : encode(printList(items)) };
    }
    return last.golden;
  };
  const inverse = (golden: string) => (type.name === 'jsonb' ? golden : `${golden}::text::${type.name}`);
  return {
    forward,
    exact: (value) => forward(value) === value,
    // Behind jsonb's version number, which golden values have as well.
    ...(type.kind === 'jsonb' && { passes: ({ bytes }, from, to) => isCanonical(bytes, from + 1, to) }),
    inverse,
    holds: (golden) =>
      `(${isTrimmedList(golden)} and ${type.name === 'jsonb' ? 'true' : sameText(inverse(golden), golden)})`,
  };
};

/** What `trim` takes away, in the bytes of UTF-8: the server may have another encoding, which lacks some of it. */
const TRIMMED = '(09|0a|0b|0c|0d|20|c2a0|e19a80|e2808[0-9a]|e280a8|e280a9|e280af|e2819f|e38080|efbbbf)';

/** SQL: whether it is an array of strings without blanks around them. */
function isTrimmedList(golden: string): string {
  const bytes = `encode(convert_to(e #>> '{}', 'UTF8'), 'hex')`;
  return (
    `(case when jsonb_typeof(${golden}) = 'array' then not exists (select from jsonb_array_elements(${golden}) e ` +
    `where jsonb_typeof(e) <> 'string' or ${bytes} ~ '^${TRIMMED}|^([0-9a-f]{2})*${TRIMMED}$') else false end)`
  );
}

/** As jsonb prints an array of strings. */
function printList(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
}

function readList(text: string, isJson: boolean): string[] | null {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) {
    const items = arrayItems(trimmed);
    if (items !== null) return items.map(itemText);
  }
  if (isJson || (trimmed.startsWith('"') && trimmed.endsWith('"'))) {
    const inner = parseString(trimmed);
    if (inner !== null) return readList(inner, false);
    if (isJson) return null;
  }
  if (/^[{]/.test(trimmed)) return null;
  return trimmed === '' ? [] : trimmed.split(',').map((item) => item.trim());
}

function itemText(raw: string): string {
  return (parseString(raw) ?? raw).trim();
}

function parseString(raw: string): string | null {
  if (!raw.startsWith('"')) return null;
  try {
    const value: unknown = JSON.parse(raw);
    // A lone surrogate cannot be stored as text.
    return typeof value === 'string' && value.isWellFormed() && !value.includes('\0') ? value : null;
  } catch {
    return null;
  }
}

/** The raw texts of a JSON array's elements, digits and spelling untouched; null when it is not an array. */
function arrayItems(text: string): string[] | null {
  try {
    if (!Array.isArray(JSON.parse(text))) return null;
  } catch {
    return null;
  }
  const items: string[] = [];
  let depth = 0;
  let start = 1;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth -= 1;
    if (!quoted && ((char === ',' && depth === 1) || depth === 0)) {
      const item = text.slice(start, at).trim();
      if (item !== '' || char === ',') items.push(item);
      start = at + 1;
    }
  }
  return items;
}
