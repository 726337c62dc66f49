import { isPlainJson } from './plain-json.js';

/** A number as JSON prints it; what is none (NaN, Infinity) as a string. */
export function jsonNumber(value: string): string {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value) ? value : JSON.stringify(value);
}

const EXPONENT = /\d[eE]/;
const JSON_STRINGS = /"(?:[^"\\]|\\.)*"/gs;

/** JSON as it stands where jsonb surely takes it, any other text as a JSON string. */
export function jsonValue(text: string): string {
  if (isPlainJson(text)) return text;
  // jsonb refuses \u0000, lone surrogates and numbers beyond its range, all of which JSON allows.
  const doubtful =
    /\\u(?:0000|d[89a-f])/i.test(text) ||
    (EXPONENT.test(text) && EXPONENT.test(text.replace(JSON_STRINGS, '')));
  return !doubtful && isJson(text) ? text : JSON.stringify(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
