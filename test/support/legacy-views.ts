import type pg from 'pg';
import { expect } from 'vitest';
import { inequalities, type Pair } from './legacy-pairs.js';

export { pairsOf } from './legacy-pairs.js';

/** Fails unless every legacy table equals its view: see {@link inequalities}. */
export async function expectEqual(client: pg.Client, pairs: readonly Pair[]): Promise<void> {
  expect(await inequalities(client, pairs)).toEqual([]);
}
