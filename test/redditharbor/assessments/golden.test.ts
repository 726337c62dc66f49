import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mixtureName, mixtureOf, SHAPE_A, SHAPE_B, SHAPE_B_DLT } from '../../../fixtures/mixture.js';
import { fill } from '../../fixtures/filled.js';
import { createTestDatabase } from '../../support/database.js';
import { run } from '../../support/unifying.js';
import { fingerprint } from './fingerprint.js';

/**
 * What the phase made that was written by hand, before it was declared (7a17f04), of the rows that are generated below: its
 * catalog, its views (as PostgreSQL 18 prints them), its rows and its accounting. It was made by `run` of a build of that version.
 *
 * What is otherwise, on purpose, is in none of these:
 * - of a table that has the columns of both shapes, the first value of a row counts, not the first column;
 * - a mean reads numbers of any scale and exponents, where more than twelve places gave none;
 * - last_assessed_at has the default of updated_at once the phase is completed, and follows a direct write as that does;
 * - a direct write is refused by the rules of every declaration: a time that no legacy row has (drydock_time), another
 *   opportunity (drydock_id, drydock_thing), a version that would let another score count (drydock_duplicates);
 * - `--since` looks at the declared times alone.
 */
const GOLDEN = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, string>
>;

const MIXTURES = [
  SHAPE_A,
  SHAPE_B,
  SHAPE_B_DLT,
  mixtureOf({ opportunities: 'none', opportunityScores: 'B', scoreComponents: 'A' }),
];

test.each(MIXTURES.map((mixture) => [mixtureName(mixture), mixture] as const))(
  'assessments of %s are what they were',
  async (name, mixture) => {
    const database = await createTestDatabase('golden');
    await fill(database, { mixture, submissions: 250, extras: true, oddShare: 0.3 });
    await run({ databaseUrl: database.url, schema: mixture.schema, appSchema: mixture.appSchema });
    const { views, ...found } = await fingerprint(database);
    const { views: printed, ...golden } = GOLDEN[name] ?? {};
    expect(found).toEqual(golden);
    const { rows } = await database.query<{ major: string }>(
      `select current_setting('server_version_num')::int / 10000 as major`,
    );
    if (Number(rows[0]?.major) === 18) expect(views).toBe(printed);
  },
);
