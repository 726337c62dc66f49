import { expect, onTestFinished, test } from 'vitest';
import { literal } from '../../src/db/identifier.js';
import { rollback } from '../../src/index.js';
import { prepared } from '../support/prepared.js';
import { createRole } from '../support/role.js';
import { cutOver, MIXTURES } from './at-sea.js';

const plain = (name: string) => name.replaceAll('"', '');

type Picture = Record<string, Record<string, Record<string, unknown>>>;

/** The same as a server of 15 might have printed it: other brackets, no names for constraints against nulls, fewer rights. */
function printedOtherwise(picture: Picture): Picture {
  for (const things of Object.values(picture)) {
    for (const [item, thing] of Object.entries(things)) {
      for (const [member, text] of Object.entries(thing)) {
        if (typeof text !== 'string') continue;
        if (text.startsWith('NOT NULL ')) delete things[item];
        if (member === 'default' || member === 'using' || member === 'check') thing[member] = `((${text}))`;
        if (member !== 'definition') continue;
        thing[member] = text
          .replace(/^CHECK \((.*)\)/s, 'CHECK ((($1)))')
          .replace(/ WHERE (\(.*\))$/s, ' WHERE ($1)')
          .replace(/ WHEN \((.*)\) EXECUTE/s, ' WHEN ((($1))) EXECUTE');
      }
      if (Array.isArray(thing.acl))
        thing.acl = thing.acl.map((right: string) => right.replace('xtm/', 'xt/'));
    }
  }
  return { ...picture, server: { version: { number: 150_018 } } };
}

test('what another version prints otherwise is no difference, and a change is one', async () => {
  const database = await prepared({
    mixture: MIXTURES.B,
    submissions: 60,
    oddShare: 0,
    run: { batchSize: 100 },
  });
  const role = await createRole(database);
  const owner = await createRole(database, 'owner');
  onTestFinished(() =>
    database.query(`reassign owned by ${owner.name} to current_user`).then(() => undefined),
  );
  await database.query(`grant all on opportunities to ${role.name};
    alter table opportunities add constraint known check (status in ('discovered', 'identified', 'scored') or status is not null);
    alter table opportunities add constraint counted check (core_function_count < 100);
    create index chosen on opportunities (lower(status)) where core_function_count in (1, 2);
    create function nothing() returns trigger language plpgsql as 'begin return new; end';
    create trigger watched before update on opportunities for each row when (old.status is distinct from new.status) execute function nothing();
    create sequence tried;
    create function guarded(n int) returns boolean language plpgsql immutable as $$ begin
      if current_query() like '%drydock_' || 'reprint_index%' then perform setval('public.tried', case when current_user = ${literal(plain(owner.name))} then 1 else 2 end); end if;
      return true;
    end $$;
    grant all on sequence tried to public; grant usage, create on schema public to ${owner.name};
    alter table opportunities owner to ${owner.name};
    create index of_owner on opportunities (id) where guarded(1) and id is not null;
    create view newest as select id, status from opportunities where status is not null order by created_at desc limit 10`);
  await cutOver(database, ['opportunities']);
  const { rows } = await database.query<{ catalog: string }>('select catalog from drydock.cutovers');
  const before = rows[0]?.catalog ?? '';
  const other = JSON.stringify(printedOtherwise(JSON.parse(before) as Picture));
  expect(other.length).not.toBe(before.length);
  await database.query('update drydock.cutovers set catalog = $1', [other]);
  await database.query(`alter table drydock_legacy.opportunities drop constraint counted;
    alter table drydock_legacy.opportunities add constraint counted check (core_function_count < 101)`);
  const { phases } = await rollback({ databaseUrl: database.url, phases: ['opportunities'] });
  expect(phases[0]?.reverted?.catalogDifferences).toEqual([
    expect.stringMatching(/^constraints: public\.opportunities\.counted, definition was .*100.* now .*101/),
  ]);
  // The index was made again to be printed again, and the code in it ran with the rights of who wrote it.
  expect((await database.query('select last_value, is_called from tried')).rows).toEqual([
    { last_value: '1', is_called: true },
  ]);
});
