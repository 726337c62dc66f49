import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { cutover, plan, rollback, run, sync, verify } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';

/** A list of plants that two programs wrote: one with numbers per cent and its own keys, one with shares and a pointer. */
interface Plant {
  id: number;
  label: string;
  latin: string;
  list_id: number;
  water: number;
  water_share: number;
  light: number;
  level: string;
  stage: string;
  uses: unknown;
  note: string;
  seen: Date;
  made: Date;
}
const lists = d.source<{ id: number; latin: string; stage: string }>('lists', {
  identity: ['id'],
  match: [d.same(d.folded, 'latin')],
});
const plants = d.source<Plant>('plants', {
  identity: ['id'],
  variants: {
    first: { tells: ['latin', 'water'], needs: ['latin'], match: [d.same(d.folded, 'latin')] },
    second: { tells: ['list_id', 'water_share'], needs: ['list_id'], match: [d.via(lists, 'list_id')] },
  },
  times: { created: ['made'], updated: ['seen'] },
  winner: 'last-updated',
  names: { label: 'called', light: 'lightness' },
  prefix: 'p',
});
const stage = d.words({ young: 'young seedling', old: 'old' }, { unknown: 'young' });
const project = projectOf([
  d.consolidation('plants', {
    into: 'all_plants',
    sources: [plants, lists],
    thing: 'plant',
    largestGroup: null,
    columns: {
      level: d.text(d.upper(plants.level, { lowerIn: ['second'] })),
      uses: d.list(plants.uses),
      stage: stage(plants.stage, lists.stage).else('young'),
      scores: d.members({ water: d.score(d.percent(plants.water), d.unit(plants.water_share)) }),
      notes: d.kept('text', plants.note),
      loud: d.generated('text', "stage || '!'"),
    },
  }),
]);

const FORMS = {
  first: `create table plants (id int primary key, label text, latin text, water numeric(5,2), light int, level varchar(10), stage text, uses jsonb, note varchar(20), seen timestamptz, made timestamptz);
    insert into plants values (1, 'Oak', 'Quercus', 40, 3, 'HIGH', 'seedling', '["a", " b "]', 'n', '2025-01-02', '2025-01-05'),
      (2, 'Oak 2', ' QUERCUS ', 60.5, null, 'low', '??', '"x, y"', null, '2025-01-03', '2025-01-01')`,
  second: `create table plants (id int primary key, label text, list_id int, water_share numeric(3,2), level varchar(10), stage text, uses text, note varchar(20), seen timestamptz);
    insert into plants values (1, 'Oak', 7, 0.4, 'high', 'old', 'a, b', 'n', '2025-01-02'), (2, 'Elm', 9, 0.5, 'LOW', null, null, null, null)`,
};

test.each(['first', 'second'] as const)('a source is taken in its %s form', async (form) => {
  const database = await createTestDatabase('variants');
  const databaseUrl = database.url;
  await database.query(
    `create table lists (id int primary key, latin text, stage text); insert into lists values (7, 'quercus', 'young'); ${FORMS[form]}`,
  );
  const planned = await plan({ databaseUrl, project });
  expect(planned.stops).toEqual([]);
  await run({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  const rows = async () =>
    (
      await database.query(
        `select called, level, uses, stage, scores, notes, loud, p_id, from_lists as listed from all_plants order by p_id`,
      )
    ).rows;
  const oak = { stage: 'old', notes: 'n', loud: 'old!', p_id: 1, listed: true, called: 'Oak', level: 'HIGH' };
  expect(await rows()).toEqual(
    form === 'first'
      ? // The row that was updated last, whenever it was made.
        [
          { called: 'Oak 2', level: 'LOW', uses: ['x', 'y'], stage: 'young', scores: { water: 60.5 }, notes: null, loud: 'young!', p_id: 2, listed: true },
        ]
      : [
          { ...oak, uses: ['a', 'b'], scores: { water: 40 } },
          { called: 'Elm', level: 'LOW', uses: null, stage: 'young', scores: { water: 50 }, notes: null, loud: 'young!', p_id: 2, listed: false },
        ], // biome-ignore format: rows
  );
  const residue = await database.query(`select residue::text from all_plants where p_id = 2`);
  expect(residue.rows[0]?.residue).toBe(
    form === 'first'
      ? '{"p.uses": "\\"x, y\\"", "p.level": "low", "p.stage": "??"}'
      : '{"p.level": "LOW", "p.stage": null}',
  );

  await cutover({ databaseUrl, project, noBackup: true });
  await database.query(`update plants set level = 'mid', note = 'new' where id = 1`);
  await database.query(
    `update all_plants set scores = '{"water": 10}', uses = '["z"]', notes = 'direct' where p_id = 2`,
  );
  await sync({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  await rollback({ databaseUrl, project });
  const back = await database.query(`select to_jsonb(p) as row from plants p where id = 2`);
  expect(back.rows[0]?.row).toMatchObject(
    form === 'first' ? { water: 10, note: 'direct', uses: ['z'] } : { water_share: 0.1, note: 'direct' },
  );
});
