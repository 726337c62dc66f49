import { expect, test } from 'vitest';
import { cutover } from '../../src/index.js';
import { inHarbour } from './at-sea.js';

test('what other programs do with a view is named, and the maintenance of pg_partman stops a cutover', async () => {
  // As pg_partman keeps its configuration, in whichever schema it was put.
  const database = await inHarbour(
    'B',
    `create schema partman;
     create table partman.part_config (parent_table text primary key, automatic_maintenance text not null default 'on');
     insert into partman.part_config values ('public.opportunities'), ('public.others')`,
  );
  const look = async () => {
    const options = {
      databaseUrl: database.url,
      phases: ['opportunities'],
      noBackup: true,
      dryRun: true,
    } as const;
    const { phases } = await cutover(options);
    const told = (phases[0]?.findings ?? []).filter(({ code }) =>
      ['pg-partman', 'pg-dump', 'schema-tools'].includes(code),
    );
    return {
      outcome: phases[0]?.outcome,
      told: told.map(({ verdict, code, object }) => `${verdict} ${code} ${object}`),
      all: told,
    };
  };
  const names = 'public.opportunities, public.app_opportunities, public.workflow_results';
  const always = [`warned pg-dump ${names}`, `warned schema-tools ${names}`];
  const before = await look();
  expect(before).toMatchObject({
    outcome: 'refused',
    told: ['stops pg-partman public.opportunities', ...always],
  });
  const next = before.all[0]?.next ?? '';
  expect(next).toContain('drydock_legacy.opportunities');
  await database.query(next.slice(0, next.indexOf(';')));
  expect(await look()).toMatchObject({
    outcome: 'would-cut-over',
    told: ['warned pg-partman public.opportunities', ...always],
  });
});
