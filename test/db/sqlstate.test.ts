import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/db/session.js';
import { isConnectionLost, isRetryable, isRowError, sqlState } from '../../src/db/sqlstate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';
import { eventually } from '../support/traces.js';

let database: TestDatabase;
let session: Session;
beforeAll(async () => {
  database = await createTestDatabase('states');
  session = await openSession(database.url);
  await session.execute('create table public.t (id int primary key check (id > 0), v text)');
  await session.execute('insert into public.t values (1)');
});

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const classes = (error: unknown) => ({
  code: sqlState(error),
  retryable: isRetryable(error),
  lost: isConnectionLost(error),
  row: isRowError(error),
});

describe('what a row causes is a row error', () => {
  test.each([
    ['23505', 'insert into public.t values (1)'],
    ['23514', 'insert into public.t values (0)'],
    ['23502', 'insert into public.t values (null)'],
    ['22003', 'select 1e10::int'],
    ['22P02', `select ' '::uuid`],
    ['22021', `select convert_from('\\xff', 'UTF8')`],
    ['22P05', `select '{"a": "\\u0000"}'::jsonb`],
    [
      '54000',
      `create index on public.t ((repeat(v, 1))); insert into public.t select 2, string_agg(md5(i::text), '') from generate_series(1, 1000) i`,
    ],
  ])('%s', async (code, statement) => {
    const error = await errorOf(session.execute(statement));
    expect(classes(error)).toEqual({ code, retryable: false, lost: false, row: true });
  });
});

test.each(['select * from public.missing', 'select 1 +', 'alter table public.t add column v text'])(
  'a mistake is nothing of all that: %s',
  async (statement) => {
    const error = await errorOf(session.execute(statement));
    expect(classes(error)).toEqual({ code: sqlState(error), retryable: false, lost: false, row: false });
  },
);

test('a lock time-out, a deadlock and a cancelled statement deserve another attempt', async () => {
  const [one, two] = [await openSession(database.url), await openSession(database.url)];
  await one.begin();
  await one.execute('lock table public.t');
  await two.execute(`set lock_timeout = '50ms'`);
  const timeout = await errorOf(two.transaction(() => two.execute('lock table public.t')));
  expect(classes(timeout)).toEqual({ code: '55P03', retryable: true, lost: false, row: false });

  const pid = await two.backendPid();
  const sleeping = errorOf(two.execute('select pg_sleep(60)'));
  await eventually('the other session sleeps', async () => {
    const [found] = await session.query(
      `select from pg_stat_activity where pid = $1::int and wait_event = 'PgSleep'`,
      [pid],
    );
    return found !== undefined;
  });
  await one.query('select pg_cancel_backend($1::int)', [pid]);
  expect(classes(await sleeping)).toEqual({ code: '57014', retryable: true, lost: false, row: false });

  await two.execute('create table public.u ()');
  const application = await database.client();
  await application.query('begin; lock table public.u');
  const blocked = errorOf(application.query('lock table public.t'));
  const deadlock = await errorOf(one.execute('lock table public.u'));
  // Ours, though the application waits for longer: it is not to fail because of us.
  expect(classes(deadlock)).toEqual({ code: '40P01', retryable: true, lost: false, row: false });
  await one.rollback();
  expect(await blocked).toBeUndefined();
  await application.query('rollback');
});

test('a connection that was cut is lost, and so is every statement after it', async () => {
  const cut = await openSession(database.url);
  const pid = await cut.backendPid();
  const under = errorOf(cut.execute('select pg_sleep(60)'));
  await session.query('select pg_terminate_backend($1::int)', [pid]);
  expect(classes(await under)).toMatchObject({ retryable: false, lost: true, row: false });
  expect(classes(await errorOf(cut.execute('select 1')))).toMatchObject({ lost: true });
});

test('what is no error of the server has no state', () => {
  expect(sqlState(new Error('x'))).toBeUndefined();
  expect(sqlState('23505')).toBeUndefined();
  expect(isRowError(Object.assign(new Error('x'), { code: 'ERR_22' }))).toBe(false);
  expect(isConnectionLost(Object.assign(new Error('read'), { code: 'ECONNRESET' }))).toBe(true);
});
