import * as d from '../../src/declare.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** What a value may depend on: another column, a part of a word, a default, a blank, a null, any row of the thing. */
interface Old {
  no: number;
  kind: string | null;
  minor: boolean | null;
  amount: number | null;
  status: string | null;
  locale: string;
  phone: string | null;
  login: string | null;
  note: string | null;
  changed: Date;
}

interface Api {
  ref: string;
  no: number;
  total: number | null;
  open: boolean | null;
  state: string | null;
  lang: string | null;
  tel: string | null;
  account: string | null;
  remark: string | null;
  changed: Date;
}

const old = d.source<Old>('old_payments', {
  identity: ['no'],
  match: [d.same(d.folded, 'note'), d.same(d.wholeNumber, 'no')],
  times: { updated: ['changed'] },
  prefix: 'old',
});
const api = d.source<Api>('api_payments', {
  identity: ['ref'],
  match: [d.same(d.folded, 'remark'), d.same(d.wholeNumber, 'no')],
  times: { updated: ['changed'] },
  prefix: 'api',
});
const status = d.splits(old.status, {
  open: { state: 'open', paid: false },
  settled: { state: 'closed', paid: true },
  paid: { state: 'closed', paid: true },
  failed: { state: 'closed', paid: false },
  unknown: { state: 'open' },
});

export const payments = d.consolidation('payments', {
  into: 'payments',
  sources: [old, api],
  columns: {
    amount: d.numeric(
      d.when(
        old.kind,
        { refund: d.times(old.amount, '-1'), cents: d.times(old.amount, '0.01'), free: d.unlessIs(old.amount, '0.00') },
        old.amount,
      ),
      api.total,
    ),
    state: d.text(status.state, api.state),
    paid: d.boolean(status.paid, d.when(api.state, { void: api.open }, d.unlessIs(api.open, false))),
    locale: d.text(d.unlessIs(old.locale, 'en'), api.lang),
    phone: d.filled(d.text(old.phone, api.tel)),
    login: d.newest(d.text(old.login, api.account)).nullsCount,
    note: d.text(old.note, api.remark).blankIsNone,
  },
}); // biome-ignore format: a declaration as people write it
export async function createPayments(name: string): Promise<TestDatabase> {
  const database = await createTestDatabase(name);
  await database.query(`
    create type kind as enum ('sale', 'refund', 'cents', 'free');
    create table old_payments (no int primary key, kind kind, minor boolean, amount numeric(10,2), status varchar(10), locale char(5) not null default 'en',
      phone text, login text, note text, changed timestamptz not null default now());
    create table api_payments (ref text primary key, no bigint, total numeric, open boolean, state text, lang text, tel text, account text, remark text,
      changed timestamptz not null default now());
    insert into old_payments select i, (array['sale', 'refund', 'cents', 'free', null])[1 + i % 5]::kind, i % 3 = 0,
      (array[0, 0.05, -1.5, 123.45, null, 1000000])[1 + i % 6], (array['open', 'settled', 'paid', 'failed', 'unknown', 'what?', null, ''])[1 + i % 8],
      (array['en', 'de', 'fr', 'en   '])[1 + i % 4], case when i % 3 = 0 then '+' || i end, case when i % 2 = 0 then 'l' || i end,
      -- Some are one thing, and keep their phone in whichever row.
      case when i > 40 then ' Shared ' || i % 7 when i % 5 = 0 then e' \\t' when i % 7 = 0 then '' when i % 9 = 0 then 'note ' || i end,
      timestamptz '2024-01-01Z' + i * interval '1 hour'
    from generate_series(1, 80) i;
    insert into api_payments select 'r' || i, 2 * i, (array[0, -0.05, 1.5, 123.450, null, 1e20, 'NaN'])[1 + i % 7], (array[true, false, null])[1 + i % 3],
      (array['open', 'closed', 'void', null, ''])[1 + i % 5], (array['en', 'de', null, ''])[1 + i % 4], case when i % 2 = 0 then 't' || i end,
      (array['a' || i, null])[1 + i % 2], case when i > 30 then 'shared ' || i % 9 when i % 4 = 0 then ' ' end, timestamptz '2024-01-02Z' + i * interval '40 minutes'
    from generate_series(1, 60) i`);
  return database;
}
