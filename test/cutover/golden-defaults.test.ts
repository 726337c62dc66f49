import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { cutover, run, sync, verify } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';

interface Member {
  id: number;
  phone: string;
  kind: string;
  share: number;
  visits: number;
  code: string;
  joined: Date;
  local: Date;
}

const member = d.source<Member>('members', { identity: ['id'] });
const kind = d.words({ lead: 'Lead', member: 'Member' });
const project = projectOf([
  d.consolidation('people', {
    into: 'people',
    sources: [member],
    columns: {
      phone: d.text(member.phone),
      kind: kind(member.kind),
      share: d.score(d.unit(member.share)),
      visits: d.integer(member.visits),
      code: d.id(member.code),
      joined: d.moment(member.joined),
      local: d.moment(d.inZone(member.local, 'UTC')),
    },
  }),
]);

test('a direct write gets what legacy columns that take no null fill in, as a merge makes it', async () => {
  const database = await createTestDatabase('golden_defaults');
  const target = { databaseUrl: database.url, project };
  await database.query(`create table members (id serial primary key, phone varchar(9) not null default 'näh', kind text not null default 'Member',
    share numeric(3,2) not null default 0.25, visits smallint not null default 7, code uuid not null default gen_random_uuid(),
    joined timestamptz not null default now(), local timestamp)`);
  await database.query(`insert into members (id, local) values (default, '2026-01-01')`);
  await run(target);
  await cutover({ ...target, noBackup: true });
  await database.query(`insert into people (local) values ('2026-02-01 00:00Z')`);
  const written = async () =>
    (
      await database.query(
        `select phone, kind, share::text, visits, code is not null as coded, joined is not null as dated, local::text, residue from people order by members_id`,
      )
    ).rows;
  const direct = {
    phone: 'näh',
    kind: 'member',
    share: '25.00',
    visits: 7,
    coded: true,
    dated: true,
    residue: null,
  };
  expect((await written())[1]).toMatchObject(direct);
  expect(
    (
      await database.query(
        `select phone, kind, share::text, visits, code is not null as coded from members order by id`,
      )
    ).rows[1],
  ).toEqual({
    phone: 'näh',
    kind: 'Member',
    share: '0.25',
    visits: 7,
    coded: true,
  });
  const before = await written();
  await sync(target);
  expect(await written()).toEqual(before);
  expect(await verify({ ...target, strict: true })).toMatchObject({ equal: true });
});
