import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { cutover, run, sync, verify } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';

interface Tool {
  id: number;
  tenant: number;
  code: string;
  note: string;
}
interface Machine {
  no: number;
  tool_id: number;
  tenant: number;
  memo: string;
}

const tools = d.source<Tool>('tools', { identity: ['tenant', 'code'], within: ['tenant'], match: [] });
const machines = d.source<Machine>('machines', {
  identity: ['no'],
  within: ['tenant'],
  match: [d.via(tools, 'tenant', 'memo')],
});
// Columns that tell rows apart or point, and columns after `else`, keep columns of their own beside what they give.
const project = projectOf([
  d.consolidation('stock', {
    into: 'stock',
    sources: [tools, machines],
    columns: {
      tenant: d.integer(tools.tenant, machines.tenant),
      label: d.text(tools.code, d.printed(machines.no)),
      note: d.text(tools.note).else(machines.memo).else('none'),
      number: d.bigint(tools.id, machines.tool_id),
    },
  }),
]);

interface Line {
  no: number;
  mail: string;
  net: number;
  gross: number;
}

test('a shared value that a legacy table computes is written by nobody, and follows what it is made of', async () => {
  const database = await createTestDatabase('generated');
  const databaseUrl = database.url;
  await database.query(`
    create table cart (no int primary key, mail text, net numeric(9,2), gross numeric(9,2) generated always as (net * 1.2) stored);
    create table bill (no int primary key, mail text, net numeric(9,2), gross numeric(9,2));
    insert into cart select i, 'm' || i, i from generate_series(1, 6) i;
    insert into bill select i, 'm' || i, i, i * 1.2 from generate_series(4, 9) i`);
  const options = { identity: ['no'] as const, match: [d.same(d.exact, 'mail')] };
  const [cart, bill] = [d.source<Line>('cart', options), d.source<Line>('bill', options)];
  const sums = projectOf([
    d.consolidation('sums', {
      into: 'sums',
      sources: [cart, bill],
      columns: { gross: d.numeric(cart.gross, bill.gross), net: d.numeric(cart.net, bill.net) },
    }),
  ]);
  await run({ databaseUrl, project: sums });
  await cutover({ databaseUrl, project: sums, noBackup: true });
  for (const where of ['cart_no = 1', 'cart_no = 5'])
    await expect(database.query(`update sums set gross = 99 where ${where}`)).rejects.toMatchObject({
      constraint: 'drydock_golden',
    });
  const taken = [
    `update sums set net = 10 where cart_no = 1`,
    `update sums set net = 20, gross = 24.00 where cart_no = 2`,
    `update sums set net = 30 where cart_no = 6`,
    `update sums set gross = 7 where cart_no is null`,
    `insert into sums (cart_no, net, from_bill) values (50, 5, false)`,
  ];
  for (const sql of taken) {
    await database.query(sql);
    await sync({ databaseUrl, project: sums });
    expect(await verify({ databaseUrl, project: sums, strict: true }), sql).toMatchObject({ equal: true });
  }
  const { rows } = await database.query(
    `select array_agg(gross::text order by cart_no) as gross from sums where cart_no in (1, 2, 6, 50)`,
  );
  expect(rows).toEqual([{ gross: ['12.00', '24.00', '36.00', '6.00'] }]);
});

test('direct writes where a column of its own gives a shared one its value, and where a table numbers its rows', async () => {
  const database = await createTestDatabase('own_givers');
  const databaseUrl = database.url;
  await database.query(`
    create table tools (id bigint generated always as identity unique, tenant int, code varchar(9), note text, primary key (tenant, code));
    create table machines (no int generated always as identity primary key, tool_id bigint, tenant smallint not null, memo varchar(9));
    insert into tools (tenant, code, note) select t, 'c' || i, case when i < 4 then 'n' || i end from generate_series(1, 2) t, generate_series(1, 6) i;
    insert into machines (tool_id, tenant, memo) select i, 1 + i % 2, 'c' || i from generate_series(1, 9) i`);
  await run({ databaseUrl, project });
  await cutover({ databaseUrl, project, noBackup: true });
  const ours = async () => (await database.query('select s::text as row from stock s order by s.id')).rows;
  const taken: [sql: string, sees: string][] = [
    // What a key says need not be said again, and may be.
    [`insert into stock (tools_tenant, tools_code) values (7, 'new') returning concat_ws(' ', tenant, label, note, number is null)`, '7 new none f'],
    [`insert into stock (tools_tenant, tools_code, tenant, label) values (8, 'new', 8, 'new') returning concat_ws(' ', tenant, label)`, '8 new'],
    [`insert into stock (machines_memo, tenant, from_tools) values ('alone', 3, false) returning concat_ws(' ', tenant, label, note)`, '3 10 alone'],
    [`update stock set machines_memo = 'other' where tools_code is null and note = 'alone' returning note`, 'other'],
    // A table that numbers its rows takes every other change of them.
    [`update stock set note = 'x' where tools_code = 'c2' and tenant = 1 returning note`, 'x'],
    [`update stock set number = number, tenant = tenant where tools_code = 'c3' and tenant = 1 returning note`, 'n3'],
  ]; // biome-ignore format: a table
  for (const [sql, sees] of taken) {
    expect((await database.query({ text: sql, rowMode: 'array' } as never)).rows, sql).toEqual([[sees]]);
    const before = await ours();
    await sync({ databaseUrl, project });
    expect(await ours(), sql).toEqual(before);
  }
  const refused: [sql: string, constraint: string][] = [
    [`insert into stock (tools_tenant, tools_code, tenant) values (9, 'new', 5)`, 'drydock_golden'],
    [`update stock set machines_no = 500 where machines_no = 1`, 'drydock_numbered'],
    [`update stock set number = 77 where tools_code = 'c5' and not from_machines`, 'drydock_golden'],
  ];
  for (const [sql, constraint] of refused)
    await expect(database.query(sql), sql).rejects.toMatchObject({
      constraint,
      hint: expect.stringMatching(/./),
    });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
});
