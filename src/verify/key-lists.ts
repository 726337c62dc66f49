import type { KeyScope } from '../mapping/keyed-source.js';

/** All keys but these. As text, so that it can be part of any statement of any session, COPY included. */
export function withoutKeys(keys: readonly string[]): KeyScope {
  return { condition: (key) => `not ${isListed(keys, key)}` };
}

/** No other keys than these. */
export function onlyKeys(keys: readonly string[]): KeyScope {
  return { condition: (key) => isListed(keys, key) };
}

/** As a join, which is hashed, and not as a list that every row would be held against. */
function isListed(keys: readonly string[], key: string): string {
  return `exists (select from unnest('{${keys.join(',')}}'::uuid[]) listed (key) where listed.key = ${key})`;
}
