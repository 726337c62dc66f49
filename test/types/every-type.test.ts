import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHAPE_A, SHAPE_B } from '../../fixtures/mixture.js';
import { backup, complete, restore, sync, verify } from '../../src/index.js';
import { workDirectory } from '../backup/place.js';
import { cutOver } from '../cutover/at-sea.js';
import { fill } from '../fixtures/filled.js';
import { createTestDatabase } from '../support/database.js';
import { loosen } from '../support/legacy.js';
import { tableHashes } from '../support/prepared.js';
import { plan, rollback, run } from '../support/unifying.js';
import { addColumns, changed, fillRound, remember, type TypedTable } from './columns.js';
import { everyType, makeOddTypes, makeTypes } from './schema.js';

const phases = ['opportunities', 'assessments'] as const;

/**
 * Every type that the server offers, with values that are hard to keep, through every verb. Each type is a column of a table of
 * either phase; what the server's extensions offer is tried too.
 */
test.each([
  { shape: 'A', mixture: SHAPE_A, first: 0, odd: false },
  // No backup knows types of others' making, and it says so.
  { shape: 'B', mixture: SHAPE_B, first: 3, odd: true },
])(
  'every type of the server, through every verb, shape $shape',
  { timeout: 240_000 },
  async ({ mixture, first, odd }) => {
    const database = await createTestDatabase('every_type');
    const databaseUrl = database.url;
    const client = await database.client();
    await client.query('set jit = off');
    await fill(database, { mixture, submissions: 60, oddShare: 0 });
    await loosen(database, mixture);
    const extensions = await makeTypes(client);
    if (odd) await makeOddTypes(client);
    const types = await everyType(client);
    console.log(`${types.length} types, of extensions: ${extensions.join(', ')}`);
    const without = types.filter(({ values }) => values.length === 0).map(({ name }) => name);
    console.log(`without a value but null: ${without.join(', ')}`);
    const tables = await addColumns(client, mixture, types, first);
    for (const table of tables) await fillRound(client, table, 0);
    await remember(client, tables);

    const views = ({ view }: TypedTable) => view;
    const own = ({ table }: TypedTable) => table;
    const expectVerified = async () =>
      expect(await verify({ databaseUrl, phases, strict: true })).toMatchObject({ equal: true });

    expect((await plan({ databaseUrl })).stops).toEqual([]);
    const loaded = await run({ databaseUrl, batchSize: 40 });
    expect(loaded).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }, { state: 'verified' }] });
    expect(await changed(client, tables, views)).toEqual([]);
    await expectVerified();

    if (odd) {
      const to = join(workDirectory(), 'backup');
      await expect(backup({ databaseUrl, to, phases })).rejects.toMatchObject({ code: 'unsupported-type' });
    } else {
      const to = join(workDirectory(), 'backup');
      await backup({ databaseUrl, to, phases });
      await restore({ databaseUrl, from: to, into: 'restored', verify: true });
      expect(await changed(client, tables, ({ name }) => `restored.${name}`)).toEqual([]);
      await client.query('drop schema restored cascade');
    }
    // What is not changed is not written again.
    const stored = await tableHashes(database, { physical: true });
    await run({ databaseUrl, batches: { from: 1, to: 2 }, phases: ['opportunities'] });
    expect(await tableHashes(database, { physical: true })).toEqual(stored);

    for (const table of tables) await fillRound(client, table, 1, 's.n % 2 = 0');
    await remember(client, tables);
    expect(await sync({ databaseUrl, phases })).toMatchObject({ outcome: 'caught-up' });
    expect(await changed(client, tables, views)).toEqual([]);
    await expectVerified();

    await cutOver(database);
    for (const table of tables) await fillRound(client, table, 2);
    await remember(client, tables);
    if (odd) {
      const back = await rollback({ databaseUrl, phases });
      expect(back.phases.map(({ reverted }) => reverted?.catalogDifferences)).toEqual([[], []]);
      expect(await changed(client, tables, own)).toEqual([]);
      await expectVerified();
    } else {
      const done = await complete({ databaseUrl, phases });
      expect(done.phases.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
      expect(await changed(client, tables, own)).toEqual([]);
    }
  },
);
