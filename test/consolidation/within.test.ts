import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { cutover, run, sync, verify } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';

interface Parent {
  id: number;
  tenant: number;
  mail: string | null;
  name: string | null;
}

interface Child {
  no: number;
  org: number;
  parent: number | null;
  name: string | null;
}

/** The tenant is no part of the identity, and gives a shared column its value as well. */
const parents = d.source<Parent>('parents', {
  identity: ['id'],
  within: ['tenant'],
  match: [d.same(d.email, 'mail')],
});
const children = d.source<Child>('children', {
  identity: ['no'],
  within: ['org'],
  match: [d.via(parents, 'parent')],
});
const project = projectOf([
  d.consolidation('families', {
    into: 'families',
    sources: [parents, children],
    columns: {
      tenant: d.integer(parents.tenant, children.org),
      name: d.text(parents.name, children.name),
    },
  }),
]);

test('a direct write points where the extraction points: within one tenant', async () => {
  const database = await createTestDatabase('within');
  const databaseUrl = database.url;
  await database.query(`
    create table parents (id int primary key, tenant int not null, mail text, name text);
    create table children (no int primary key, org int not null, parent int, name text);
    insert into parents select i, 1 + i % 2, 'm' || i % 6 || '@x.example', 'p' || i from generate_series(1, 12) i;
    insert into children select i, 1, i, 'c' || i from generate_series(1, 8) i`);
  await run({ databaseUrl, project });
  await cutover({ databaseUrl, project, noBackup: true });
  const rows = async () =>
    (await database.query('select f::text as row from families f order by f::text')).rows;
  // Parents 1, and 7, which is folded into it, are of tenant 2; parents 2, and 8, of tenant 1.
  const accepted = [
    'insert into families (from_parents, children_no, tenant, children_parent) values (false, 101, 1, 1)',
    'insert into families (from_parents, children_no, tenant, children_parent) values (false, 102, 1, 7)',
    'insert into families (from_parents, children_no, tenant, children_parent) values (false, 103, 2, 2)',
    'insert into families (from_parents, children_no, tenant, children_parent) values (false, 104, 2, 8)',
  ];
  for (const sql of accepted) {
    await database.query(sql);
    const seen = await rows();
    await sync({ databaseUrl, project });
    expect(await rows(), sql).toEqual(seen);
  }
  const refused: [sql: string, constraint: string][] = [
    // They would be the parent, which is there already: itself, and one that is folded into it.
    [
      'insert into families (from_parents, children_no, tenant, children_parent) values (false, 105, 2, 1)',
      'drydock_match_key',
    ],
    [
      'insert into families (from_parents, children_no, tenant, children_parent) values (false, 106, 2, 7)',
      'drydock_match_key',
    ],
    // Its child, of tenant 1, would no longer be it.
    [`update families set tenant = 2 where parents_id = 4`, 'drydock_pointed_to'],
  ];
  for (const [sql, constraint] of refused)
    expect(await database.query(sql).catch((error: unknown) => error), sql).toMatchObject({ constraint });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
});
