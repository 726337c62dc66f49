import { expect, test } from 'vitest';
import { compareMembers } from '../../src/copy-binary/jsonb-order.js';
import { createTestDatabase } from '../support/database.js';

test('members are in the order in which the server prints them', async () => {
  const names = ['b', 'a', 'B', '_', 'ab', 'aa', 'a.b', 'app.title', 'app.status', 'workflow.app_name', ''];
  const database = await createTestDatabase('jsonb_order');
  const { rows } = await database.query<{ name: string }>(
    'select k as name from jsonb_object_keys($1::jsonb) with ordinality o (k, n) order by n',
    [JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))],
  );
  expect([...names].sort(compareMembers)).toEqual(rows.map(({ name }) => name));
});
