import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import { cutover, explain, rollback, run, sync, verify } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createPayments, payments } from './payments.js';

const project = projectOf([payments]);

const everything = async (database: TestDatabase) =>
  (
    await database.query(
      `select (select jsonb_agg(to_jsonb(o) order by o.no) from old_payments o) as old, (select jsonb_agg(to_jsonb(a) order by a.ref) from api_payments a) as api`,
    )
  ).rows[0];

const ours = async (database: TestDatabase) =>
  (await database.query('select p::text as row from payments p order by p::text')).rows;

test('values that depend on others come back, and what they say is what was declared', async () => {
  const database = await createPayments('dependent');
  const databaseUrl = database.url;
  const before = await everything(database);
  await run({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });

  // Worked out once more, by a query that knows nothing of how we do it: of things with one row in each table at most.
  const { rows: wrong } = await database.query(`
    with one as (
      select p.*, o.no as o_no, o.kind, o.amount as o_amount, o.status, o.locale as o_locale, o.phone as o_phone, o.login as o_login, o.note as o_note, o.changed as o_changed,
        a.ref, a.total, a.open, a.state as a_state, a.lang, a.tel, a.account, a.remark, a.changed as a_changed
      from payments p left join old_payments o on o.no = p.old_no left join api_payments a on a.ref = p.api_ref
      where not exists (select from payments_duplicates f where f.unified_id = p.id)
    ), expected as (
      select id, coalesce(case kind::text when 'refund' then -o_amount when 'cents' then o_amount * 0.01 when 'free' then nullif(o_amount, 0) else o_amount end, total) as amount,
        coalesce(case when status in ('open', 'unknown') then 'open' when status in ('settled', 'paid', 'failed') then 'closed' end, a_state) as state,
        coalesce(case when status in ('open', 'failed') then false when status in ('settled', 'paid') then true end, case when a_state = 'void' then open when open then true end) as paid,
        coalesce(nullif(rtrim(o_locale), 'en'), lang) as locale, coalesce(o_phone, tel) as phone,
        case when o_no is null or a_changed > o_changed then account else o_login end as login,
        coalesce(nullif(btrim(o_note, e' \\t'), '') || '', nullif(btrim(remark), '')) as note
      from one
    )
    select one.*, to_jsonb(e) from one join expected e using (id)
    where (one.amount, one.state, one.paid, one.locale, one.phone, one.login, btrim(one.note)) is distinct from (e.amount, e.state, e.paid, e.locale, e.phone, e.login, e.note)`);
  expect(wrong.slice(0, 3)).toEqual([]);

  // Of several rows the one that was changed last wins, and any of them fills the phone.
  const { rows: filled } = await database.query(`
    select p.phone, (select o.phone from old_payments o where btrim(lower(o.note)) = btrim(lower(p.note)) and o.phone is not null order by o.changed desc, o.no limit 1) as expected,
      (select o.phone from old_payments o where o.no = p.old_no) as own
    from payments p where p.note like '%Shared%' order by 1`);
  expect(filled.map(({ phone }) => phone)).toEqual(filled.map(({ expected }) => expected));
  expect(filled.filter(({ own }) => own === null).length).toBeGreaterThan(1);

  // What the words say costs no residue: the default, a word of two columns, a unit.
  const { rows: residue } = await database.query(
    `select e.key, count(*)::int as n from payments p, jsonb_each(p.residue) e where p.api_ref is null group by 1 order by 1`,
  );
  const counted = Object.fromEntries(residue.map(({ key, n }) => [key, n]));
  const alone = async (condition: string) =>
    Number(
      (await database.query(`select count(*) as n from old_payments o join payments p on p.old_no = o.no where p.api_ref is null and not exists (select from payments_duplicates f where f.unified_id = p.id) and ${condition}`)).rows[0]?.n,
    ); // biome-ignore format: a query
  const folded = await database.query(
    `select count(*)::int as n from payments p where p.api_ref is null and exists (select from payments_duplicates f where f.unified_id = p.id)`,
  );
  expect(folded.rows).toEqual([{ n: 0 }]);
  expect(counted['old.status'] ?? 0).toBe(await alone(`o.status in ('paid', 'what?', '')`));
  expect(counted['old.locale'] ?? 0).toBe(0);
  expect(counted['old.amount'] ?? 0).toBe(await alone(`o.kind = 'free' and o.amount is null`));

  // Of a refund, and of a word that is split, it is told who gave what.
  const { things } = await explain({ databaseUrl, project, key: 'old_payments:11' });
  const from = (name: string) => {
    const column = things[0]?.columns.find((one) => one.column === name);
    return [column?.value, column?.from?.column, column?.from?.value];
  };
  expect([from('amount'), from('state'), from('paid')]).toEqual([
    ['-1000000.00', 'amount', '1000000.00'],
    ['closed', 'status', 'failed'],
    ['f', 'status', 'failed'],
  ]);

  await cutover({ databaseUrl, project, noBackup: true });
  expect(await everything(database)).toEqual(before);
  const accepted = [
    `update payments set amount = 7.25 where old_no = 1`,
    // A refund becomes a sale, and its amount is what it was: the legacy column changes its sign.
    `update payments set old_kind = 'sale' where old_no = 11`,
    `update payments set amount = null where old_no = 8`,
    `update payments set state = 'closed', paid = true where old_no = 5`,
    `update payments set state = null, paid = null where old_no = 7`,
    `update payments set locale = null where old_no = 9`,
    `update payments set locale = 'it' where old_no = 4`,
    `update payments set login = null where old_no = 2 and api_ref is not null`,
    `update payments set note = 'written' where old_no = 35`,
    `insert into payments (from_old_payments, from_api_payments, old_no, old_kind, amount, state, paid) values (true, false, 900, 'cents', 0.15, 'closed', false)`,
  ];
  for (const sql of accepted) {
    expect(await database.query(sql).then(({ rowCount }) => rowCount, String), sql).toBe(1);
    const seen = await ours(database);
    await sync({ databaseUrl, project });
    expect(await ours(database), sql).toEqual(seen);
  }
  const written = await database.query(
    `select no, kind, amount, status, locale from old_payments where no in (1, 4, 5, 7, 9, 11, 900) order by no`,
  );
  expect(written.rows).toMatchInlineSnapshot(`
    [
      {
        "amount": "-7.25",
        "kind": "refund",
        "locale": "de   ",
        "no": 1,
        "status": "settled",
      },
      {
        "amount": null,
        "kind": null,
        "locale": "it   ",
        "no": 4,
        "status": "unknown",
      },
      {
        "amount": "1000000.00",
        "kind": "sale",
        "locale": "de   ",
        "no": 5,
        "status": "settled",
      },
      {
        "amount": "0.05",
        "kind": "cents",
        "locale": "en   ",
        "no": 7,
        "status": "",
      },
      {
        "amount": "123.45",
        "kind": null,
        "locale": "en   ",
        "no": 9,
        "status": "settled",
      },
      {
        "amount": "-1000000.00",
        "kind": "sale",
        "locale": "en   ",
        "no": 11,
        "status": "failed",
      },
      {
        "amount": "15.00",
        "kind": "cents",
        "locale": "en   ",
        "no": 900,
        "status": "failed",
      },
    ]
  `);
  const shared = `old_no = (select max(old_no) from payments where note like '%Shared%' and old_no % 3 <> 0)`;
  const refused: [sql: string, constraint: string][] = [
    // No word says so, or it is a default, or blank.
    [`update payments set state = 'other' where old_no = 3`, 'drydock_golden'],
    [`update payments set state = null where old_no = 3`, 'drydock_golden'],
    [`update payments set paid = true where old_no = 24`, 'drydock_golden'],
    [`update payments set locale = 'en' where old_no = 3`, 'drydock_golden'],
    [`update payments set note = '  ' where old_no = 3`, 'drydock_golden'],
    // It would be converted anew.
    [`update payments set api_state = 'void' where api_state = 'open' and residue ? 'api.open'`, 'drydock_golden'],
    // A duplicate would fill it again.
    [`update payments set phone = null where ${shared}`, 'drydock_duplicates'],
  ]; // biome-ignore format: a table
  for (const [sql, constraint] of refused)
    expect(
      await database.query(sql).then(
        ({ rowCount }) => rowCount,
        (error: unknown) => error,
      ),
      sql,
    ).toMatchObject({ constraint, hint: expect.stringMatching(/./) });

  // Under the old names everything goes, and the next sync makes of it what a merge makes.
  await database.query(`
    update old_payments set kind = 'refund' where no between 20 and 30;
    update old_payments set status = 'paid' where no % 4 = 0;
    update old_payments set phone = null where no % 5 = 0;
    update api_payments set account = null, changed = now() where ref like 'r1%';
    delete from old_payments where no = 75;
    update old_payments set locale = 'en', note = ' ' where no % 6 = 0`);
  await sync({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  const after = await everything(database);
  await rollback({ databaseUrl, project });
  expect(await everything(database)).toEqual(after);
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
});
