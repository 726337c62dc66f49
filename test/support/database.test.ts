import pg from 'pg';
import { expect, test } from 'vitest';
import { createTemplate, createTestDatabase, LeakedConnectionError } from './database.js';

test('a template is filled once, and its clones do not share what they write', async () => {
  let fills = 0;
  const fill = async (url: string) => {
    fills++;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('create table public.t (a int); insert into public.t values (1)');
    await client.end();
  };
  const [template, again] = await Promise.all([
    createTemplate('support test', fill),
    createTemplate('support test', fill),
  ]);
  expect(again).toBe(template);
  expect(fills).toBe(1);

  const one = await createTestDatabase('one', { template });
  const two = await createTestDatabase('two', { template });
  await one.query('insert into public.t values ($1::int)', [2]);
  expect((await one.query('select a from public.t order by a')).rows).toEqual([{ a: 1 }, { a: 2 }]);
  expect((await two.query('select a from public.t')).rows).toEqual([{ a: 1 }]);
});

test('a template whose filling failed is not taken for a finished one', async () => {
  const failing = createTemplate('support failing', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  const template = await createTemplate('support failing', async () => {});
  await createTestDatabase('after a failure', { template });
});

test('a connection that is left open is an error that names it, and the database is dropped all the same', async () => {
  const database = await createTestDatabase('leak');
  const leaked = new pg.Client({ connectionString: database.url, application_name: 'the leak' });
  leaked.on('error', () => {}); // drop() will cut it
  await leaked.connect();
  const error = await database.drop().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LeakedConnectionError);
  expect((error as LeakedConnectionError).connections).toMatchObject([{ application_name: 'the leak' }]);
});

test('connections of the harness are closed by it', async () => {
  const database = await createTestDatabase('own');
  const client = await database.client();
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  expect(rows).toEqual([{ name: database.name }]);
  await database.drop();
});
