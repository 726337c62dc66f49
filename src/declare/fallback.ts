import { isCrosswalkColumn } from './crosswalk.js';
import type { HOLDS } from './givers.js';
import type { FallbackModel } from './model.js';

/** What a shared column holds where no giver has a value, and that is no column of a source. */
export interface Fallback<T> {
  /** What was declared, for the engine. */
  readonly fallback: FallbackModel;
  /** Only there for the compiler. */
  readonly [HOLDS]?: T;
}

export function isFallback<T>(value: object): value is Fallback<T> {
  return 'fallback' in value || isCrosswalkColumn(value);
}

export function fallbackOf(value: object): FallbackModel {
  if (isCrosswalkColumn(value)) return { kind: 'crosswalk', crosswalk: value.of, column: value.column };
  return (value as Fallback<unknown>).fallback;
}

/** For `.else()`: what the first giver of another shared text has. */
export function valueIn(column: string): Fallback<string> {
  return { fallback: { kind: 'value-of', column, words: null } };
}

/** For `.else()`: the first words of that, as a title. @param length - characters at most */
export function firstWords(column: string, length: number): Fallback<string> {
  return { fallback: { kind: 'value-of', column, words: length } };
}
