import { type LegacyMixture, SHAPE_A, SHAPE_B, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { type CutoverReport, cutover } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { prepared } from '../support/prepared.js';

/** The generations in which a cutover is tried; of dlt, the table lies in a schema of its own. */
export const MIXTURES: Readonly<Record<'A' | 'B' | 'dlt', LegacyMixture>> = {
  A: SHAPE_A,
  B: SHAPE_B,
  dlt: SHAPE_B_DLT,
};

/** A database with both phases verified and nothing cut over yet. */
export function inHarbour(shape: keyof typeof MIXTURES, sql?: string): Promise<TestDatabase> {
  return prepared({
    mixture: MIXTURES[shape],
    submissions: 120,
    oddShare: 0.05,
    run: { batchSize: 200 },
    ...(sql === undefined ? {} : { sql }),
  });
}

/** Cuts phases over, without a backup. */
export function cutOver(
  database: TestDatabase,
  phases: CutoverReport['phases'][number]['phase'][] = ['opportunities', 'assessments'],
): Promise<CutoverReport> {
  return cutover({ databaseUrl: database.url, phases, noBackup: true });
}

/** A database with both phases cut over. */
export async function atSea(shape: keyof typeof MIXTURES): Promise<TestDatabase> {
  const database = await inHarbour(shape);
  const report = await cutOver(database);
  const outcomes = report.phases.map(({ outcome }) => outcome);
  if (outcomes.some((outcome) => outcome !== 'cut-over')) {
    throw new Error(
      JSON.stringify(
        report.phases.flatMap(({ findings }) => findings.filter(({ verdict }) => verdict === 'stops')),
      ),
    );
  }
  return database;
}
