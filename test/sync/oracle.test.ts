import { expect, test } from 'vitest';
import { type LegacyMixture, mixtureOf, SHAPE_A, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { sync, verify } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { loosen } from '../support/legacy.js';
import { inequalities, pairsOf } from '../support/legacy-pairs.js';
import { prepared, tableHashes } from '../support/prepared.js';
import { rollback, run, status } from '../support/unifying.js';
import { RandomWriter } from './random-writer.js';

const MIXTURES: readonly (readonly [string, LegacyMixture, boolean])[] = [
  ['shape A', SHAPE_A, false],
  ['shape B', mixtureOf({}), false],
  ['dlt in a schema of its own', SHAPE_B_DLT, false],
  ['shape A without constraints', SHAPE_A, true],
  ['shape B without constraints', mixtureOf({}), true],
];
/** More of it: DRYDOCK_ORACLE_ROUNDS=20 DRYDOCK_ORACLE_SEED=1000 npx vitest run test/sync/oracle.test.ts */
const ROUNDS = Number(process.env.DRYDOCK_ORACLE_ROUNDS ?? 1);
const FROM = Number(process.env.DRYDOCK_ORACLE_SEED ?? 1);

test.each(MIXTURES)('whatever is written, it is there after a sync: %s', async (_name, mixture, loose) => {
  const database = await prepared({ mixture, submissions: 60, oddShare: 0.2 });
  if (loose) await loosen(database, mixture);
  await run({ databaseUrl: database.url, batchSize: 50, maxRejects: 1000 });
  for (let round = 0; round < ROUNDS; round += 1) {
    const writer = await RandomWriter.open(await database.client(), mixture, FROM + round);
    await writer.write(60, { truncate: (FROM + round) % 2 === 1 });
    const report = await sync({ databaseUrl: database.url, maxRejects: 1000 });
    expect(report.phases.map(({ backlog }) => backlog)).toEqual([0, 0]);
    const wrong = await inequalities(await database.client(), pairsOf(mixture));
    expect({ seed: FROM + round, wrong }).toEqual({ seed: FROM + round, wrong: [] });
    const verified = await verify({ databaseUrl: database.url, strict: true });
    const broken = verified.phases.flatMap(({ invariants, accounting }) => [
      ...invariants.filter(({ ok }) => !ok),
      ...accounting.filter(({ balanced }) => !balanced),
    ]);
    expect({ seed: FROM + round, broken, equal: verified.equal }).toEqual({
      seed: FROM + round,
      broken: [],
      equal: true,
    });
  }
  const synced = { tables: await tableHashes(database), ledger: await booked(database) };
  await rollback({ databaseUrl: database.url });
  await run({ databaseUrl: database.url, batchSize: 50, maxRejects: 1000, capture: false });
  expect(synced).toEqual({ tables: await tableHashes(database), ledger: await booked(database) });
});

/** What the ledger says of each phase, over all batches: a fresh run may cut them elsewhere. */
async function booked(database: TestDatabase) {
  const { phases } = await status({ databaseUrl: database.url });
  const { rows } = await database.query(
    `select p.phase, s.key as source, sum((s.value ->> 'read')::int)::int as read, sum((s.value ->> 'primary')::int)::int as primary,
       sum((s.value ->> 'folded')::int)::int as folded, sum((s.value ->> 'rejected')::int)::int as rejected
     from drydock.batches b join drydock.phases p on p.id = b.phase_id cross join lateral jsonb_each(b.sources) s
     group by 1, 2 order by 1, 2`,
  );
  return {
    rows,
    sums: phases.map(({ phase, rowsIn, rowsOut, folded, rejected }) => ({
      phase,
      rowsIn,
      rowsOut,
      folded,
      rejected,
    })),
  };
}
