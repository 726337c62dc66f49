import { expect, test } from 'vitest';
import { timeQuestion } from '../../src/benchmark/timing.js';
import type { Question } from '../../src/project/questions.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';

const QUESTION: Question = {
  group: 'discovery',
  name: 'asked',
  asks: 'What is asked.',
  legacy: (from = '') => `select n from generate_series(${from}::int, 10) n`,
  unified: (from = '') => `select n from generate_series(${from}::int, 10) n`,
};
const CALLS = [["'1'"], ["'2'"]];

function instruments() {
  let emptied = 0;
  let asked = 0;
  return {
    counted: () => ({ emptied, asked }),
    questionMs: 0,
    processorTime: async () => {
      asked += 1;
      return 10 * asked;
    },
    emptyBuffers: async () => {
      emptied += 1;
    },
  };
}

test('each form runs five times at least, cold before, and serially for its processor time', async () => {
  const session = await openSession((await createTestDatabase('timing')).url);
  const tools = instruments();
  await session.begin('repeatable read', 'read only');
  const { legacy, unified } = await timeQuestion(session, QUESTION, { calls: CALLS, isSlow: false }, tools);
  for (const form of [legacy, unified]) {
    expect(form.runs).toBe(5);
    expect(form.cold).toBeGreaterThan(0);
    expect(form.cpu).toBe(10);
  }
  expect(tools.counted()).toEqual({ emptied: 2, asked: 4 });
});

test('the legacy form of a slow question runs once, and once more to be explained', async () => {
  const session = await openSession((await createTestDatabase('timing')).url);
  const tools = instruments();
  await session.begin('repeatable read', 'read only');
  const { legacy, unified } = await timeQuestion(session, QUESTION, { calls: CALLS, isSlow: true }, tools);
  expect(legacy).toMatchObject({ runs: 1, cold: null, cpu: 10 });
  expect(legacy.plan.nodes).toBeGreaterThan(0);
  expect(unified).toMatchObject({ runs: 5, cold: null, cpu: 10 });
  expect(tools.counted().emptied).toBe(0);
});

test('a prepared question is explained as it is executed, and nothing of it stays', async () => {
  const session = await openSession((await createTestDatabase('timing')).url);
  await session.begin('repeatable read', 'read only');
  const prepared = { ...QUESTION, prepared: 1 };
  const { unified } = await timeQuestion(session, prepared, { calls: CALLS, isSlow: false }, instruments());
  expect(unified.sql).toBe(QUESTION.unified("'1'"));
  const left = `select from pg_prepared_statements where name like 'drydock_bench%'`;
  expect(await session.query(left)).toEqual([]);
});
