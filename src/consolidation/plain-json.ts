/**
 * Whether a text surely is JSON, of the plain kind that nearly all evidence is: nothing is escaped in it, no number has
 * an exponent, and it is not nested deeply. False says nothing about a text. Parsing, which makes the values, costs
 * several times as much.
 */
export function isPlainJson(text: string): boolean {
  const end = valueEnd(text, afterSpace(text, 0), 0);
  return end >= 0 && afterSpace(text, end) === text.length;
}

const MOST_NESTED = 32;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
const WORDS = ['true', 'false', 'null'] as const;

/** Where the value ends that begins at a place; -1 for none, or none that is plain. */
function valueEnd(text: string, at: number, depth: number): number {
  const code = text.charCodeAt(at);
  if (code === QUOTE) return stringEnd(text, at + 1);
  if (code === OPEN_OBJECT) return depth < MOST_NESTED ? listEnd(text, at + 1, CLOSE_OBJECT, depth + 1) : -1;
  if (code === OPEN_ARRAY) return depth < MOST_NESTED ? listEnd(text, at + 1, CLOSE_ARRAY, depth + 1) : -1;
  if (code === MINUS) return numberEnd(text, at + 1);
  if (isDigit(code)) return numberEnd(text, at);
  const word = WORDS.find((known) => text.startsWith(known, at));
  return word === undefined ? -1 : at + word.length;
}

/** The same of the values, or the named values, up to a bracket. */
function listEnd(text: string, from: number, close: number, depth: number): number {
  let at = afterSpace(text, from);
  if (text.charCodeAt(at) === close) return at + 1;
  for (;;) {
    if (close === CLOSE_OBJECT) {
      if (text.charCodeAt(at) !== QUOTE) return -1;
      const named = stringEnd(text, at + 1);
      if (named < 0) return -1;
      at = afterSpace(text, named);
      if (text.charCodeAt(at) !== COLON) return -1;
      at = afterSpace(text, at + 1);
    }
    const end = valueEnd(text, at, depth);
    if (end < 0) return -1;
    at = afterSpace(text, end);
    const code = text.charCodeAt(at);
    if (code === close) return at + 1;
    if (code !== COMMA) return -1;
    at = afterSpace(text, at + 1);
  }
}

/** Behind the end of a text there is NaN, which is no character of any kind. */
function stringEnd(text: string, from: number): number {
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (!(code >= SPACE) || code === BACKSLASH) return -1;
  }
}

function numberEnd(text: string, from: number): number {
  let at = from;
  if (text.charCodeAt(at) === ZERO) at += 1;
  else {
    at = digitsEnd(text, at);
    if (at === from) return -1;
  }
  if (text.charCodeAt(at) === POINT) {
    const end = digitsEnd(text, at + 1);
    if (end === at + 1) return -1;
    at = end;
  }
  // A letter that makes an exponent of what follows is found to be nothing that may stand here.
  return at;
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}
