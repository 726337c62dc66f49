import { describe, expect, test } from 'vitest';
import { SHAPE_B } from '../../fixtures/mixture.js';
import { estimateRows, planRanges } from '../../src/batches/ranges.js';
import { fromClause } from '../../src/mapping/keyed-source.js';
import { createTestDatabase } from '../support/database.js';
import { bindPhase, createLegacy, loosen } from '../support/legacy.js';
import { openSession } from '../support/session.js';

/** More rows than are all looked at, so that batches are cut by a sample. */
const SUBMISSIONS = 30_000;
const BATCH_SIZE = 4_000;

const KEYS = {
  'by chance': `md5(n::text)::uuid`,
  // As version 7 makes them: in the order of the rows, and all in a small part of the key space.
  'in the order of the rows': `('0193' || lpad(to_hex(n), 4, '0') || '-0000-7000-8000-000000000000')::uuid`,
};

describe.each(Object.entries(KEYS))('keys that are made %s', (_name, key) => {
  test('give batches of like size', async () => {
    const database = await createTestDatabase('ranges');
    await createLegacy(database, SHAPE_B);
    await loosen(database, SHAPE_B);
    await database.query(`
      insert into public.submissions (id, submission_id, title)
        select ${key}, to_hex(n), 'title' from generate_series(1, ${SUBMISSIONS}) n;
      insert into public.opportunities (problem_statement, identified_from_submission_id)
        select repeat('problem ', (n % 50)::int), id from (select id, row_number() over () as n from public.submissions) s;
      insert into public.app_opportunities (submission_id, problem_description)
        select case when n % 9 = 0 then 't3_' else '' end || submission_id, repeat('problem ', (n % 90)::int) from (select submission_id, row_number() over () as n from public.submissions) s;
      analyze`);
    const session = await openSession(database.url);
    const phase = await bindPhase(session, SHAPE_B, 'opportunities');
    const rows = await estimateRows(session, phase);
    expect(rows).toEqual([SUBMISSIONS, SUBMISSIONS, 0]);
    await session.begin();
    const ranges = await planRanges(session, phase, rows, BATCH_SIZE);
    expect(ranges).toHaveLength((2 * SUBMISSIONS) / BATCH_SIZE);
    expect(await planRanges(session, phase, rows, BATCH_SIZE)).toEqual(ranges);
    const bounds = ranges.slice(1).map(({ from }) => `'${from}'`);
    const keys = phase.keyed.map((keyed) => `select ${keyed.key} as merge_key from ${fromClause(keyed)}`);
    const sizes = await session.query(
      `${phase.keyed[0]?.with} select count(*) as n from (${keys.join(' union all ')}) k
       group by width_bucket(merge_key, array[${bounds.join(', ')}]::uuid[])`,
    );
    await session.rollback();
    expect(sizes).toHaveLength(ranges.length);
    for (const { n } of sizes) {
      expect(Number(n)).toBeGreaterThan(BATCH_SIZE * 0.5);
      expect(Number(n)).toBeLessThan(BATCH_SIZE * 1.5);
    }
  });
});
