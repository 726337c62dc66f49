import { createHash } from 'node:crypto';
import { decode, NULL } from '../copy-binary/values.js';

/** Text as two people would call it the same: NFKC, case-folded, white space and punctuation collapsed. */
export function foldText(value: string): string {
  if (value === NULL) return '';
  // By way of lower and upper case: they turn 'ẞ', 'ß' and 'SS' into the same, and characters apart, hence NFKC again.
  return decode(value)
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[\p{P}\s]+/gu, ' ')
    .trim();
}

/** SHA-256 of the folded parts. Parts are framed by their lengths: ('a|b', 'c') is not ('a', 'b|c'). */
export function fingerprint(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const folded = foldText(part);
    hash.update(`${folded.length}:${folded}`);
  }
  return hash.digest('base64');
}
