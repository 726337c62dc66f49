import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { SHAPE_B } from '../../fixtures/mixture.js';
import { Statistics } from '../../src/batches/statistics.js';
import { Cleanup } from '../../src/db/cleanup.js';
import { type Connector, connector } from '../../src/db/connect.js';
import type { Session } from '../../src/db/session.js';
import type { Phase } from '../../src/mapping/phase.js';
import { targetsOf } from '../../src/mapping/targets.js';
import type { TestDatabase } from '../support/database.js';
import { bindPhase } from '../support/legacy.js';
import { prepared } from '../support/prepared.js';
import { openSession } from '../support/session.js';

/** Eight batches of so many rows are enough to be analysed beside the load. */
const BATCH_SIZE = 50_000;
const ALL = 8;

let database: TestDatabase;
let session: Session;
let phase: Phase;

beforeEach(async () => {
  database = await prepared({
    mixture: SHAPE_B,
    submissions: 100,
    run: { phases: ['opportunities'] },
  });
  session = await openSession(database.url);
  phase = await bindPhase(session, SHAPE_B, 'opportunities');
  await session.execute(
    'set allow_system_table_mods = on; delete from pg_catalog.pg_statistic where starelid >= 16384',
  );
});

function statistics(parts: { batchSize?: number; phase?: Phase; connector?: Connector } = {}): Statistics {
  const cleanup = new Cleanup();
  onTestFinished(() => cleanup.unwind());
  const context = {
    session,
    cleanup,
    connector: parts.connector ?? connector(database.url),
    signal: undefined,
  };
  return new Statistics({
    context,
    phase: parts.phase ?? phase,
    targets: targetsOf(phase),
    batchSize: parts.batchSize ?? BATCH_SIZE,
  });
}

/** Columns of the unified table of which the planner knows something. */
async function known(): Promise<string[]> {
  const rows = await session.query(
    `select attname from pg_stats where tablename = 'opportunities_unified' order by attname`,
  );
  return rows.map((row) => String(row.attname));
}

test('all columns are analysed when half of the batches are loaded, those that follow the key again at the end', async () => {
  const some = statistics();
  some.left(5, ALL);
  await some.settle();
  expect(await known()).toEqual([]);
  some.left(4, ALL);
  await some.settle();
  const all = await known();
  expect(all).toEqual(expect.arrayContaining(['title', 'merge_key', 'residue']));

  await session.execute('delete from pg_catalog.pg_statistic where starelid >= 16384');
  await some.finish();
  const again = await known();
  expect(again).toEqual(
    expect.arrayContaining(['id', 'merge_key', 'created_at', 'processed_at', 'app_submission_id']),
  );
  expect(again).not.toContain('title');
  expect(again.length).toBeLessThan(all.length / 2);
});

test.each([
  ['the last batch was loaded', 0, {}],
  ['there is too little to load', 4, { batchSize: BATCH_SIZE - 1 }],
  ['too much is to be loaded', 4, { batchSize: BATCH_SIZE + 1 }],
])('nothing is analysed beside the load when %s, but all at the end', async (_when, left, parts) => {
  const some = statistics(parts);
  some.left(left, ALL);
  await some.settle();
  expect(await known()).toEqual([]);
  await some.finish();
  expect(await known()).toContain('title');
});

test('expressions of indexes are analysed at the end, and all columns with them', async () => {
  const cast = { table: 'unified', kind: 'btree', columns: ['id'], cast: 'public.key' } as const;
  const some = statistics({ phase: { ...phase, indexes: [...phase.indexes, cast] } });
  some.left(4, ALL);
  await some.settle();
  expect(await known()).toEqual([]);
});

test('what could not be analysed beside the load is analysed at the end', async () => {
  const working = connector(database.url);
  let refused = 0;
  const open: Connector['open'] = (cleanup) => {
    refused += 1;
    return refused === 1 ? Promise.reject(new Error('no connection left')) : working.open(cleanup);
  };
  const some = statistics({ connector: { ...working, open } });
  some.left(4, ALL);
  await some.settle();
  await some.finish();
  expect(refused).toBe(2);
  expect(await known()).toContain('title');
});
