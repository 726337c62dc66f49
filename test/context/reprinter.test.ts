import { expect, test } from 'vitest';
import { SHAPE_B } from '../../fixtures/mixture.js';
import { verify } from '../../src/index.js';
import { prepared } from '../support/prepared.js';

test('a view that another major printed in another way is as it was made; another view is not', async () => {
  const database = await prepared({
    mixture: SHAPE_B,
    submissions: 40,
    run: { batchSize: 200, phases: ['opportunities'] },
  });
  const target = { databaseUrl: database.url, phases: ['opportunities'] as const };
  // As pg_upgrade leaves it: before version 16 the first column is printed with its table, from then on without.
  const { rows } = await database.query<{ name: string; definition: string }>(
    `select name, definition from drydock.objects where kind = 'view' and name = 'opportunities_legacy'`,
  );
  const printed = String(rows[0]?.definition);
  const otherwise = printed.startsWith(' SELECT b.')
    ? printed.replace(' SELECT b.', ' SELECT ')
    : printed.replace(' SELECT ', ' SELECT b.');
  await database.query('update drydock.objects set definition = $1 where name = $2', [
    otherwise,
    rows[0]?.name,
  ]);
  expect(await verify(target)).toMatchObject({ equal: true });
  await database.query('update drydock.objects set definition = $1 where name = $2', [
    `${printed.replace(/;$/, '')} where true;`,
    rows[0]?.name,
  ]);
  const { phases } = await verify(target);
  expect(phases[0]?.invariants.filter(({ ok }) => !ok)).toMatchObject([
    { name: 'view opportunities_legacy is as it was made' },
  ]);
});
