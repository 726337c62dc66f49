import { beforeAll, describe, expect, test } from 'vitest';
import { stoppable } from '../../src/context/stoppable.js';
import { asDrydockError, explained } from '../../src/db/explain.js';
import type { Session } from '../../src/db/session.js';
import { DrydockError } from '../../src/errors.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';
import { eventually } from '../support/traces.js';

const STATE = 'Nothing was written.';

let database: TestDatabase;
let session: Session;
beforeAll(async () => {
  database = await createTestDatabase('explain');
  session = await openSession(database.url);
  await session.execute('create table public.t (id int primary key, v text)');
  await session.execute('create view public.on_t as select * from public.t');
  await session.execute(`insert into public.t values (1, 'ann@example.org')`);
});

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const raise = (state: string, message = 'x') =>
  `do $do$ begin raise exception '${message}' using errcode = '${state}'; end $do$`;

describe('what the server refuses is explained', () => {
  test.each([
    ['schema-changed', 'select * from public.missing'],
    ['schema-changed', 'select missing from public.t'],
    ['schema-changed', 'select public.missing()'],
    ['schema-changed', 'create table missing.t ()'],
    ['server-refused', `insert into public.t values (1, 'ann@example.org')`],
    ['server-refused', raise('P0001', 'ann@example.org is not wanted')],
    ['server-refused', `select v::int from public.t`],
    ['server-limit', `select ${Array.from({ length: 1_700 }, (_, at) => at).join(', ')}`],
    [
      'server-resources',
      `set temp_file_limit = '1kB'; set work_mem = '64kB'; select * from generate_series(1, 100000) i order by md5(i::text)`,
    ],
    ['server-resources', raise('53200')],
    ['server-fault', raise('XX001')],
    ['server-fault', raise('58030')],
    ['conflict', raise('XX000', 'tuple concurrently updated')],
    ['conflict', raise('40001')],
    ['disk-full', raise('53100')],
    ['in-use', 'drop table public.t'],
    ['cancelled', `begin; set local statement_timeout = '1ms'; select pg_sleep(1)`],
    ['read-only-server', 'begin read only; create table public.u ()'],
    ['not-utf8', `select convert_from('\\xff', 'UTF8')`],
  ])('as %s: %.60s', async (code, statement) => {
    const error = asDrydockError(await errorOf(session.execute(statement)), STATE);
    await session.rollback();
    expect(error).toMatchObject({ code, state: STATE });
    expect(error.next).not.toBe('');
    expect(`${error.message} ${error.next}`).not.toContain('ann@example.org');
  });

  test('but for what only a statement of ours can cause', async () => {
    const error = await errorOf(session.execute('select from where'));
    expect(explained(error, STATE)).toBe(error);
    expect(asDrydockError(error, STATE)).toMatchObject({
      code: 'defect',
      message: expect.stringContaining('42601'),
    });
  });

  test('and so is a question whose table was dropped meanwhile', async () => {
    const error = await errorOf(session.one(`select from pg_class where relname = 'missing'`));
    expect(asDrydockError(error, STATE)).toMatchObject({ code: 'schema-changed' });
  });
});

test('a connection that broke during a COMMIT leaves open what became of it', async () => {
  await session.execute(`
    create function public.slow() returns trigger language plpgsql as 'begin perform pg_sleep(60); return null; end';
    create constraint trigger slow after update on public.t deferrable initially deferred for each row execute function public.slow()`);
  const cut = await openSession(database.url);
  const pid = await cut.backendPid();
  const work = errorOf(cut.transaction(() => cut.execute(`update public.t set v = 'b'`)));
  await eventually('the COMMIT is under way', async () => {
    const { at } = await session.one(
      `select (query = 'commit' and wait_event = 'PgSleep')::text as at from pg_stat_activity where pid = $1::int`,
      [pid],
    );
    return at === 'true';
  });
  await session.query('select pg_terminate_backend($1::int)', [pid]);
  const { code, state } = asDrydockError(await work, STATE);
  expect(code).toBe('connection-lost');
  expect(state).toMatch(
    /^The connection broke during a COMMIT: whether that transaction took effect .* Apart from it: /,
  );
  // Outside of a COMMIT there is no doubt.
  const other = await openSession(database.url);
  await session.query('select pg_terminate_backend($1::int)', [await other.backendPid()]);
  expect(asDrydockError(await errorOf(other.execute('select 1')), STATE).state).toBe(STATE);
});

test('the state of an error begins with what the verb has done before', async () => {
  const state = { none: 'Nothing was swapped.', rest: 'No other phase was swapped.' };
  const fail = (error: unknown, ...facts: readonly string[]) =>
    errorOf(
      stoppable({}, state, async (done) => {
        for (const fact of facts) done(fact);
        throw error;
      }),
    );
  const refused = () => new DrydockError({ code: 'locked', what: 'x', state: 'Not this one.', next: 'x' });
  const lost = Object.assign(new Error('read'), { code: 'ECONNRESET' });
  expect(await fail(refused())).toMatchObject({ state: 'Not this one.' });
  expect(await fail(refused(), 'One is done.')).toMatchObject({ state: 'One is done. Not this one.' });
  expect(await fail(lost)).toMatchObject({ state: 'Nothing was swapped.' });
  expect(await fail(lost, 'One is done.', 'Two is done.')).toMatchObject({
    state: 'One is done. Two is done. No other phase was swapped.',
  });
});

test.each([
  ['disk-full', 'ENOSPC'],
  ['not-accessible', 'EACCES'],
  ['system-limits', 'EMFILE'],
])('as %s: %s of the system', (code, errno) => {
  const error = Object.assign(new Error(errno), { code: errno, syscall: 'open', path: '/a/b' });
  expect(asDrydockError(error, STATE)).toMatchObject({ code, message: expect.stringContaining('/a/b') });
});
