import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { sync, verify } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { UNIFYING_PHASES } from '../support/phases.js';
import { atSea, cutOver, inHarbour } from './at-sea.js';

/** More columns than a function takes arguments, and types that are kept as text and may be spelled in several ways. */
const WIDE = Array.from({ length: 120 }, (_, at) => `add column note_${at} int`).join(', ');
const ODD = `create extension isn; create extension intarray;
  alter table public.opportunities add column book isbn13, add column books isbn13[], add column wanted query_int, ${WIDE};
  alter table public.opportunity_scores ${WIDE};`;

async function expectKept(database: TestDatabase, query: string): Promise<Record<string, unknown>[]> {
  const direct = (await database.query(query)).rows;
  await sync({ databaseUrl: database.url });
  expect((await database.query(query)).rows).toEqual(direct);
  return direct;
}

async function expectEqual(database: TestDatabase): Promise<void> {
  expect(await verify({ databaseUrl: database.url, phases: UNIFYING_PHASES, strict: true })).toMatchObject({
    equal: true,
  });
}

describe('a table of many columns, and odd types', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await inHarbour('B', ODD);
    await cutOver(database);
  });

  test('the title that a row gets by itself is the one that a merge gives it', async () => {
    const problems = [
      'x'.repeat(81),
      `${'a'.repeat(30)} ${'b'.repeat(60)}`,
      `${'a'.repeat(45)} ${'b'.repeat(60)}`,
      '\u{1F680}'.repeat(60),
      '\u{1F680}'.repeat(100),
      ' \n ',
      'tab\tand\u00a0more '.repeat(20),
    ];
    for (const problem of problems)
      await database.query(
        'insert into opportunities_unified (problem_statement, subreddit) values ($1, $2)',
        [problem, 'titles'],
      );
    const rows = await expectKept(
      database,
      `select title, problem_statement from opportunities_unified where subreddit = 'titles' order by id`,
    );
    expect(rows).toHaveLength(problems.length);
    await expectEqual(database);
  });

  test('a value is taken as it is stored, however it is spelled', async () => {
    await database.query(
      `insert into opportunities_unified (problem_statement, subreddit, opportunity_book, opportunity_books, opportunity_wanted, opportunity_note_119)
       values ('p', 'spelled', '9780393040029', '{9780393040029}', '1&2', 7)`,
    );
    const { rows } = await database.query(
      `select opportunity_book as book, opportunity_books as books, opportunity_wanted as wanted from opportunities_unified where subreddit = 'spelled'`,
    );
    expect(rows).toEqual([{ book: '978-0-393-04002-9', books: ['978-0-393-04002-9'], wanted: '1 & 2' }]);
    await database.query(
      `update opportunities_unified set opportunity_book = '978-0393040029', opportunity_wanted = '(1 & 2)' where subreddit = 'spelled'`,
    );
    await expectKept(
      database,
      `select opportunity_book, opportunity_books, opportunity_wanted, opportunity_note_119 from opportunities_unified where subreddit = 'spelled'`,
    );
    await expect(
      database.query(
        `update opportunities_unified set opportunity_book = 'none' where subreddit = 'spelled'`,
      ),
    ).rejects.toMatchObject({ code: '22P02' });
    await database.query(
      `update opportunity_assessments set score_note_1 = 3 where from_opportunity_scores and id = (select min(id::text)::uuid from opportunity_assessments where from_opportunity_scores)`,
    );
    await expectEqual(database);
  });
});

const ISOLATIONS = ['read committed', 'repeatable read', 'serializable'] as const;
const MET = ['23505', '40001'];

/** Two sessions write at once; gives what became of the second one, when the first one has ended. */
async function race(
  database: TestDatabase,
  isolation: (typeof ISOLATIONS)[number],
  [first, second]: readonly [string, string],
  end: 'commit' | 'rollback' = 'commit',
): Promise<{ readonly code?: string; readonly hint?: string }> {
  const [one, two] = [await database.client(), await database.client()];
  for (const client of [one, two]) {
    await client.query(`begin isolation level ${isolation}`);
    await client.query('select count(*) from submissions');
  }
  await one.query(first);
  const outcome = two
    .query(second)
    .then(() => two.query('commit'))
    .then(
      () => ({}),
      (error: { code: string; hint?: string }) => error,
    );
  await sleep(200);
  await one.query(end);
  const { code, hint } = (await outcome) as { code?: string; hint?: string };
  await two.query('rollback');
  return { ...(code === undefined ? {} : { code }), ...(hint === undefined ? {} : { hint }) };
}

let made = 0;

/** A name that was not used before. */
const unused = (word: string) => {
  made += 1;
  return `${word}${made}`;
};

/** A submission that no row names. */
async function freeSubmission(database: TestDatabase, reddit: string, id = unused('free')): Promise<string> {
  const { rows } = await database.query<{ id: string }>(
    `insert into submissions (${reddit}, title) values ($1, 'Free') returning id`,
    [id],
  );
  return String(rows[0]?.id);
}

/** An insert of an opportunity; in B nothing but its submission gives it a title. */
const inserting = (extra: string) => (id: string, text: string) =>
  `insert into opportunities_unified (submission_id, problem_statement${extra}) values ('${id}', '${text}'${extra === '' ? '' : `, '${text}'`})`;
const insertedB = inserting(', app_name');

describe.each([
  ['A', 'reddit_id'],
  ['B', 'submission_id'],
] as const)('in %s two direct writes of one key', (shape, reddit) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await atSea(shape);
  });
  const submission = () => freeSubmission(database, reddit);
  const inserted = shape === 'A' ? inserting(', title') : insertedB;

  test.each(ISOLATIONS)('meet at %s, and the ids that were given stay', async (isolation) => {
    const own = `returning id`;
    const fresh = await submission();
    const pair = [`${inserted(fresh, 'same')} ${own}`, `${inserted(fresh, 'same')} ${own}`] as const;
    const met = await race(database, isolation, pair);
    expect(MET).toContain(met.code);
    if (isolation === 'read committed') expect(met).toMatchObject({ code: '23505', hint: /Update that one/ });
    // The first one gave up: the second one is the only one.
    const other = await submission();
    expect(await race(database, isolation, [inserted(other, 'x'), inserted(other, 'x')], 'rollback')).toEqual(
      {},
    );
    // Different keys do not meet.
    expect(
      await race(database, isolation, [
        inserted(await submission(), 'one'),
        inserted(await submission(), 'other'),
      ]),
    ).toEqual({});
    await expectKept(
      database,
      `select id, submission_id from opportunities_unified where submission_id = '${fresh}'`,
    );
  });

  test.each(ISOLATIONS)('meet at %s where one of them moves a row there', async (isolation) => {
    const [from, also, to] = [await submission(), await submission(), await submission()];
    await database.query(inserted(from, 'moving'));
    await database.query(inserted(also, 'moving too'));
    const move = (row: string) =>
      `update opportunities_unified set submission_id = '${to}' where submission_id = '${row}'`;
    expect(MET).toContain((await race(database, isolation, [move(from), move(also)])).code);
    const again = await submission();
    const moveTo = `update opportunities_unified set submission_id = '${again}' where submission_id = '${also}'`;
    expect(MET).toContain((await race(database, isolation, [moveTo, inserted(again, 'new')])).code);
    await expectKept(
      database,
      `select id from opportunities_unified where submission_id in ('${to}', '${again}') order by id`,
    );
  });

  test.each(ISOLATIONS)('meet at %s where they assess one opportunity', async (isolation) => {
    const id = await submission();
    await database.query(inserted(id, `assessed ${made}`));
    const assess = `insert into opportunity_assessments (opportunity_id${shape === 'A' ? ', assessment_version' : ''}) select id${shape === 'A' ? ', null' : ''} from opportunities_unified where submission_id = '${id}'`;
    const met = await race(database, isolation, [assess, assess]);
    expect(MET).toContain(met.code);
    if (isolation === 'read committed') expect(met).toMatchObject({ code: '23505', hint: /Update that one/ });
    await expectKept(
      database,
      `select a.id from opportunity_assessments a join opportunities_unified u on u.id = a.opportunity_id where u.submission_id = '${id}'`,
    );
  });

  test('what would part the legacy rows of an opportunity is refused', async () => {
    const stranger = unused('stranger');
    await freeSubmission(database, reddit, stranger);
    await expect(
      database.query(
        `update opportunities_unified set app_submission_id = '${stranger}' where id = (select id from opportunities_unified where from_app_opportunities and from_opportunities limit 1)`,
      ),
    ).rejects.toMatchObject({ code: '23514', constraint: 'drydock_submission' });
  });
});

describe('rows without a submission', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await atSea('B');
  });
  const raw = (id: string, problem: string) =>
    `insert into opportunities_unified (opportunity_reddit_id, problem_statement) values ('${id}', '${problem}')`;

  test.each(ISOLATIONS)('meet by their raw id at %s', async (isolation) => {
    const id = `opp_nobody${isolation.length}`;
    expect(MET).toContain((await race(database, isolation, [raw(id, 'p'), raw(id, 'p')])).code);
    const rows = await expectKept(
      database,
      `select id, merge_key, submission_id from opportunities_unified where opportunity_reddit_id = '${id}'`,
    );
    expect(rows).toMatchObject([{ submission_id: null }]);
    // Under another spelling it is the same id.
    await expect(database.query(raw(id.replace('opp_', 't3_'), 'other'))).rejects.toMatchObject({
      code: '23505',
    });
  });

  test('and those whose raw id names a submission are of that one', async () => {
    await database.query(`insert into submissions (submission_id, title) values ('byname', 'By name')`);
    await database.query(raw('opp_byname', 'by name'));
    const rows = await expectKept(
      database,
      `select u.id, u.title, u.submission_id = s.id as named, u.merge_key = s.id as keyed from opportunities_unified u, submissions s
       where s.submission_id = 'byname' and u.problem_statement = 'by name'`,
    );
    expect(rows).toMatchObject([{ title: 'By name', named: true, keyed: true }]);
    await expect(database.query(raw('t3_byname', 'again'))).rejects.toMatchObject({ code: '23505' });
    // Moved to another raw id, it is of nobody's.
    await database.query(
      `update opportunities_unified set opportunity_reddit_id = 'opp_elsewhere' where problem_statement = 'by name'`,
    );
    await expectKept(
      database,
      `select id, title, merge_key, submission_id from opportunities_unified where problem_statement = 'by name'`,
    );
    await expectEqual(database);
  });

  test('a submission that shares its Reddit id with an older one is that one', async () => {
    const same = unused('twice');
    const older = await freeSubmission(database, 'submission_id', same);
    const newer = await freeSubmission(database, 'submission_id', same);
    await database.query('update submissions set created_at = $2 where id = $1', [older, '2001-01-01']);
    await database.query(insertedB(newer, 'under the newer one'));
    const rows = await expectKept(
      database,
      `select id, merge_key, submission_id, opportunity_submission_id as pointer, title from opportunities_unified where problem_statement = 'under the newer one'`,
    );
    expect(rows).toMatchObject([{ merge_key: older, submission_id: older, pointer: newer }]);
    await expect(database.query(insertedB(older, 'again'))).rejects.toMatchObject({ code: '23505' });
  });

  test('of a deleted submission only its name goes, and nothing is changed with it', async () => {
    const id = await freeSubmission(database, 'submission_id');
    await database.query(insertedB(id, `to be emptied ${made}`));
    await database.query(
      `create or replace function public.meddle() returns trigger language plpgsql as $$
         begin update opportunities_unified set submission_id = null, monetization_model = 'meddled' where submission_id = old.id; return null; end $$`,
    );
    await database.query(
      'create trigger "A_meddle" after delete on submissions for each row execute function public.meddle()',
    );
    await expect(database.query('delete from submissions where id = $1', [id])).rejects.toMatchObject({
      code: '23514',
    });
    await database.query('drop trigger "A_meddle" on submissions');
    await database.query('delete from submissions where id = $1', [id]);
    await sync({ databaseUrl: database.url });
    await expectEqual(database);
  });

  test('a title and a status that nobody gave follow what they are made of', async () => {
    await database.query(raw('opp_follows', 'first words'));
    await database.query(
      `update opportunities_unified set problem_statement = 'other words' where opportunity_reddit_id = 'opp_follows'`,
    );
    const title = `select title, status, merge_key from opportunities_unified where opportunity_reddit_id = 'opp_follows'`;
    expect(await expectKept(database, title)).toMatchObject([{ title: 'other words' }]);
    await database.query(
      `update opportunities_unified set app_name = 'An app', title = null where opportunity_reddit_id = 'opp_follows'`,
    );
    expect(await expectKept(database, title)).toMatchObject([{ title: 'An app' }]);
    const id = await freeSubmission(database, 'submission_id');
    await database.query(
      `update opportunities_unified set submission_id = $1 where opportunity_reddit_id = 'opp_follows'`,
      [id],
    );
    const [row] = await expectKept(
      database,
      `select title, status, merge_key from opportunities_unified where submission_id = '${id}'`,
    );
    expect(row).toMatchObject({ title: 'Free', merge_key: id });

    // Rows of which nobody but a workflow says how far they are.
    const { rows: ids } = await database.query<{ id: string }>(
      `update opportunities set status = null where id in (select u.id from opportunities_unified u
         where u.from_opportunities and u.from_workflow_results and not u.from_app_opportunities order by u.id limit 5) returning id`,
    );
    await sync({ databaseUrl: database.url });
    const workflows = `id in (${ids.map((of) => `'${of.id}'`).join(', ')})`;
    await database.query(`update opportunities_unified set workflow_status = 'built' where ${workflows}`);
    const statuses = await expectKept(
      database,
      `select id, status from opportunities_unified where ${workflows} order by id`,
    );
    expect(statuses.length).toBeGreaterThan(0);
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set(['validated']));
    await expectEqual(database);
  });
});
