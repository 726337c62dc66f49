import type pg from 'pg';
import { Random } from '../../../fixtures/random.js';
import { AS_DRYDOCK } from '../../support/own-writes.js';

const ROW = `(id, merge_key, submission_id, title, status, trust_score, from_opportunities, from_app_opportunities, from_workflow_results)`;
const SOME_SUBMISSIONS = `(select array_agg(id order by hashtext(id::text || $1::text)) from (select id from public.submissions where title <> 'w' order by id limit 12) s)`;

/**
 * Statements of an application; $1 is chance. Each touches submissions that others touch, too, in any order, but no row
 * that another one holds: whoever waits here, waits for a trigger of ours.
 */
const STATEMENTS: readonly string[] = [
  `insert into public.opportunities_unified ${ROW}
     select gen_random_uuid(), s, s, 'w', 'discovered', nullif(abs(hashtext(s::text || $1::text)) % 1000, 0) / 10.0, true, false, false
     from unnest((${SOME_SUBMISSIONS})[1:3]) s`,
  `update public.opportunities_unified set submission_id = (${SOME_SUBMISSIONS})[1]
     where id in (select id from public.opportunities_unified where title = 'w' order by hashtext(id::text || $1::text) limit 2 for update skip locked)`,
  `update public.opportunities_unified set trust_score = case when abs(hashtext(id::text || $1::text)) % 3 > 0 then abs(hashtext($1::text)) % 100 end
     where id in (select id from public.opportunities_unified order by hashtext(id::text || $1::text) limit 5 for update skip locked)`,
  `update public.opportunities_unified set title = title
     where id in (select id from public.opportunities_unified order by hashtext(id::text || $1::text) limit 3 for update skip locked)`,
  `delete from public.opportunities_unified
     where id in (select id from public.opportunities_unified where title = 'w' order by hashtext(id::text || $1::text) limit 2 for update skip locked)`,
  `insert into public.submissions (submission_id, title, num_comments) select 'w' || $1::text, 'w', '7' from generate_series(1, 2)`,
  `delete from public.submissions where id in (
     select id from public.submissions where title = 'w' order by hashtext(id::text || $1::text) limit 1 for update skip locked)`,
];

/**
 * Does transactions of a few random statements each, of any isolation level, some with a savepoint, some rolled back.
 * Gives the errors that they met.
 */
export function randomWriter(client: pg.Client, seed: number): (transactions: number) => Promise<string[]> {
  const random = new Random().reset(seed, 0);
  return async (transactions) => {
    await client.query(AS_DRYDOCK);
    const refused: string[] = [];
    for (let done = 0; done < transactions; done += 1) {
      const level = ['read committed', 'read committed', 'repeatable read'][random.int(3)];
      await client.query(`begin isolation level ${level}`);
      try {
        for (let left = 1 + random.int(4); left > 0; left -= 1) {
          if (random.chance(0.2)) await client.query('savepoint s');
          await client.query(STATEMENTS[random.int(STATEMENTS.length)] ?? '', [
            String(random.int(1_000_000)),
          ]);
          if (random.chance(0.1)) await client.query('savepoint s; rollback to savepoint s');
        }
        await client.query(random.chance(0.25) ? 'rollback' : 'commit');
      } catch (error) {
        await client.query('rollback');
        // The statements themselves meet in rows at repeatable read; that is between them, whatever triggers there are.
        if (!isTheirOwn(error)) refused.push(String(error));
      }
    }
    return refused;
  };
}

function isTheirOwn(error: unknown): boolean {
  const { code, where, table } = error as pg.DatabaseError;
  return code === '40001' && !/count_metrics/.test(where ?? '') && table !== 'submission_metric_changes';
}
