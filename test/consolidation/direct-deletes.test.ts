import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { cutover, run, sync, verify } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';

interface Owner {
  id: number;
  mail: string;
  tax: string | null;
}
interface Pet {
  no: number;
  owner: number | null;
  chip: string | null;
  tax: string | null;
}

const owners = d.source<Owner>('owners', { identity: ['id'], match: [d.same(d.email, 'mail')] });
const pets = d.source<Pet>('pets', { identity: ['no'], match: [d.via(owners, 'owner')] });

test.each<[string, d.SourceHandle[]]>([
  ['behind what they point to', [owners, pets]],
  ['before what they point to', [pets, owners]],
])('rows that point to others by foreign keys are written directly, %s', async (_, sources) => {
  const database = await createTestDatabase('deletes');
  const databaseUrl = database.url;
  await database.query(`
    create table owners (id int primary key, mail text, tax text);
    create table pets (no int primary key, owner int references owners, chip text, tax text);
    insert into owners select i, 'm' || (i + 1) / 2, 't' || (i + 1) / 2 from generate_series(1, 8) i;
    insert into pets select i, 1 + i % 8, 'c' || i, case when i = 6 then 'other' else 't' || (2 + i % 8) / 2 end from generate_series(1, 16) i`);
  const project = projectOf([
    d.consolidation('homes', {
      into: 'homes',
      sources,
      columns: { tax: d.text(owners.tax, pets.tax) },
      veto: d.differs(d.trimmed, owners.tax, pets.tax),
    }),
  ]);
  const target = { databaseUrl, project };
  const count = async () =>
    (
      await database.query(
        `select (select count(*)::int from owners) as owners, (select count(*)::int from pets) as pets`,
      )
    ).rows[0];
  await run(target);
  await cutover({ ...target, noBackup: true });
  expect(await count()).toEqual({ owners: 8, pets: 16 });

  // Two owners and four pets, of which one owner and three pets were folded: all go, whoever points to whom.
  await database.query(`delete from homes where owners_id = 1 or owners_id = 2`);
  expect(await count()).toEqual({ owners: 6, pets: 12 });
  await database.query(
    `insert into homes (owners_id, owners_mail, pets_no, pets_owner, tax) values (90, 'new', 90, 90, 'n')`,
  );
  expect(await count()).toEqual({ owners: 7, pets: 13 });
  await sync(target);
  expect(await verify({ ...target, strict: true })).toMatchObject({ equal: true });

  // A pet that a veto keeps apart is a thing of its own, and points there still: its table decides, as under the old name.
  const apart = `select o.id from homes o where o.owners_id in (select owner from pets where no = 6)
    or exists (select from homes_duplicates f where f.unified_id = o.id and f.owners_id in (select owner from pets where no = 6))`;
  await expect(
    database.query(`delete from homes where id in (${apart}) and from_owners`),
  ).rejects.toMatchObject({
    code: '23503',
  });
  await database.query('alter table drydock_legacy.pets drop constraint pets_owner_fkey');
  await database.query(`delete from homes where id in (${apart}) and from_owners`);
  await sync(target);
  expect(await verify({ ...target, strict: true })).toMatchObject({ equal: true });
  const { rows } = await database.query(
    `select pets_no, from_owners, merge_key = id as alone from homes where pets_no = 6`,
  );
  expect(rows).toEqual([{ pets_no: 6, from_owners: false, alone: true }]);
});
