import { expect, test } from 'vitest';
import { catalogDifferences } from '../../src/db/catalog-differences.js';

const picture = (options: readonly string[] | null) =>
  JSON.stringify({ columns: { 'public.a.b': { type: 'integer', options } } });

test('what only the server sets is no difference, and what users set is', () => {
  expect(catalogDifferences(picture(['pg_attver=1']), picture(['pg_attver=2']))).toEqual([]);
  expect(catalogDifferences(picture(['pg_attver=1']), picture(null))).toEqual([]);
  expect(catalogDifferences(picture(['pg_attver=1', 'n_distinct=5']), picture(['pg_attver=2']))).toEqual([
    'columns: public.a.b, options was ["n_distinct=5"], now null',
  ]);
});
