import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { plan, run } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';

test('a source that is not there stops a plan, which says what was found in its place', async () => {
  const database = await createTestDatabase('missing_table');
  const databaseUrl = database.url;
  await database.query(
    `create schema other; create table members (id int primary key); create table other.people (id int primary key); create table unlike (id int primary key)`,
  );
  const declared = (table: string, options: { readonly optional?: boolean } = {}) =>
    projectOf([
      d.consolidation('all', {
        into: 'everybody',
        sources: [
          d.source('members', { identity: ['id' as never] }),
          d.source(table, { identity: ['id' as never], ...options }),
        ],
        columns: {},
      }),
    ]);
  const cases: [table: string, says: string][] = [
    ['membres', 'Source public.membres is not there. There is public.members.'],
    ['Members', 'Source public.Members is not there. There is public.members.'],
    ['people', 'Source public.people is not there. There is other.people.'],
    ['nowhere', 'Source public.nowhere is not there.'],
  ];
  for (const [table, message] of cases) {
    const target = { databaseUrl, project: declared(table) };
    expect((await plan(target)).stops).toMatchObject([{ code: 'missing-table', message }]);
    await expect(run(target)).rejects.toMatchObject({ code: 'missing-table' });
  }
  expect((await plan({ databaseUrl, project: declared('nowhere', { optional: true }) })).stops).toEqual([]);
});

test('a column that is declared and not there is named when it is looked for', async () => {
  const database = await createTestDatabase('missing_column');
  await database.query('create table members (id serial primary key, name text, born date)');
  const member = (columns: Partial<d.SourceOptions<Record<string, string>>>) =>
    d.source<Record<string, string>>('members', { identity: ['id'], ...columns });
  const text = (source: d.Source<Record<string, string>>, column: string) =>
    d.text(source[column] as d.Column<string>);
  const project = (source: d.Source<Record<string, string>>, column = 'name') =>
    projectOf([
      d.consolidation('people', {
        into: 'people',
        sources: [source],
        columns: { name: text(source, column) },
      }),
    ]);
  for (const declared of [
    project(member({ match: [d.same(d.exact, 'nope')] })),
    project(member({ times: { created: ['nope'] } })),
    project(member({ identity: ['nope'] })),
    project(member({}), 'nope'),
  ]) {
    const target = { databaseUrl: database.url, project: declared };
    expect((await plan(target)).stops).toMatchObject([
      { code: 'missing-columns', message: expect.stringContaining('nope') },
    ]);
    await expect(run(target)).rejects.toMatchObject({
      code: 'missing-columns',
      message: expect.stringContaining('nope'),
    });
  }
});
