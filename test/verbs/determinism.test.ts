import { expect, test } from 'vitest';
import { type LegacyMixture, mixtureName, SHAPE_A, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { unifiedTables } from '../../fixtures/schema/extras.js';
import { schemaNames } from '../../fixtures/schema/names.js';
import { prepared, tableHashes } from '../support/prepared.js';
import { run } from '../support/unifying.js';

test.each([SHAPE_A, SHAPE_B_DLT].map((mixture) => [mixtureName(mixture), mixture] as const))(
  'the same rows give the same bytes, whatever their order, the batches and the lanes: %s',
  async (_name, mixture) => {
    const data = { mixture, submissions: 120, seed: 5, oddShare: 0.2, extras: true };
    const first = await prepared(data);
    const second = await prepared(data);
    await second.query(reordered(mixture));
    await run({ databaseUrl: first.url, batchSize: 10_000, concurrency: 1 });
    await run({ databaseUrl: second.url, batchSize: 60, concurrency: 4 });
    const hashes = await tableHashes(first);
    expect(await tableHashes(second)).toEqual(hashes);
    for (const hash of Object.values(hashes)) expect(hash).not.toMatch(/^0 /);
  },
);

/** Statements that put the rows of every table into another physical order. */
function reordered(mixture: LegacyMixture): string {
  return (['submissions', ...unifiedTables(mixture)] as const)
    .map((table) => {
      const name = schemaNames(mixture).table(table);
      const id = table === 'app_opportunities' && mixture.appOpportunities === 'dlt' ? '_dlt_id' : 'id';
      return `create index shuffle on ${name} (md5(${id}::text)); cluster ${name} using shuffle; drop index ${name.split('.')[0]}.shuffle`;
    })
    .join('; ');
}
