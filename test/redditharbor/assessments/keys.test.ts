import { beforeAll, describe, expect, test } from 'vitest';
import { mixtureOf, SHAPE_A, SHAPE_B } from '../../../fixtures/mixture.js';
import type { Session } from '../../../src/db/session.js';
import { KeyRange } from '../../../src/keys/key-range.js';
import type { LegacyDatabase } from '../../../src/legacy/detect.js';
import { extractionQuery } from '../../../src/mapping/keyed-source.js';
import { createTableStatements, targetsOf } from '../../../src/mapping/targets.js';
import { assessmentsPhase } from '../../../src/redditharbor/phases.js';
import type { LegacyTableName } from '../../../src/redditharbor/tables.js';
import { createTestDatabase } from '../../support/database.js';
import { bound, createLegacy, detect, loosen } from '../../support/legacy.js';
import { openSession } from '../../support/session.js';

const id = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;

/** Opportunities 1 and 2, of which 2 was folded into 1; 3 is nobody's. */
async function openBench(mixture: typeof SHAPE_A, fill: string) {
  const database = await createTestDatabase('keys');
  await createLegacy(database, mixture);
  await loosen(database, mixture);
  const session = await openSession(database.url);
  const legacy = await detect(session, mixture.schema, mixture.appSchema);
  const { unified, folded } = targetsOf(bound(legacy, 'opportunities'));
  for (const target of [unified, folded]) await session.execute(createTableStatements(target));
  const flags = 'from_opportunities, from_app_opportunities, from_workflow_results';
  await session.execute(
    `insert into ${unified.qualified} (id, merge_key, title, status, ${flags}) values ('${id(1)}', '${id(900)}', 't', 'discovered', true, false, false)`,
  );
  if (mixture.opportunities !== 'none') {
    await session.execute(
      `insert into ${folded.qualified} (source, unified_id, merge_key, opportunities_id) values ('opportunities', '${id(1)}', '${id(900)}', '${id(2)}');
       insert into public.opportunities (id) values ('${id(1)}'), ('${id(2)}')`,
    );
  }
  await session.execute(fill);
  return { session, legacy };
}

/** Per row's id: its merge key, and the unified opportunity that it belongs to. */
async function keysOf(
  session: Session,
  legacy: LegacyDatabase,
  table: LegacyTableName,
  unifiedExists = true,
) {
  const phase = assessmentsPhase.bind(legacy, new Set(unifiedExists ? ['opportunities'] : []));
  const keyed = phase.keyed.find(({ source }) => source.rule.table === table);
  if (keyed === undefined) throw new Error(`no ${table}`);
  const rows = await session.query(extractionQuery(keyed, KeyRange.ALL));
  const at = keyed.source.extracted.findIndex(({ name }) => name === 'id');
  const found = rows.map((row) => [row[`c${at}`], [row.merge_key, row.x0]] as const);
  expect(new Set(found.map(([row]) => row)).size).toBe(rows.length);
  return Object.fromEntries(found);
}

const pointing = (table: string) =>
  `insert into public.${table} (id, opportunity_id) values ('${id(11)}', '${id(1)}'), ('${id(12)}', '${id(2)}'), ('${id(13)}', '${id(3)}'), ('${id(14)}', null)`;
const resolved = {
  [id(11)]: [id(1), id(1)],
  // Folded into 1: its assessment is that of 1.
  [id(12)]: [id(1), id(1)],
  [id(13)]: [id(3), null],
  [id(14)]: [id(14), null],
};

describe('rows that name an opportunity', () => {
  test.each(['opportunity_scores', 'market_validations', 'score_components'] as const)(
    '%s',
    async (table) => {
      const { session, legacy } = await openBench(SHAPE_B, pointing(table));
      expect(await keysOf(session, legacy, table)).toEqual(resolved);
    },
  );

  test('of databases without the table of opportunities', async () => {
    const { session, legacy } = await openBench(
      mixtureOf({ opportunities: 'none' }),
      pointing('market_validations'),
    );
    expect(await keysOf(session, legacy, 'market_validations')).toEqual({
      ...resolved,
      [id(12)]: [id(2), null],
    });
  });

  test('before there are unified opportunities, go by the legacy ones', async () => {
    const { session, legacy } = await openBench(SHAPE_B, pointing('opportunity_scores'));
    expect(await keysOf(session, legacy, 'opportunity_scores', false)).toEqual({
      ...resolved,
      [id(12)]: [id(2), id(2)],
    });
  });
});

describe('components of a score', () => {
  const components = `insert into public.score_components (id, opportunity_score_id) values
    ('${id(21)}', '${id(11)}'), ('${id(22)}', '${id(12)}'), ('${id(23)}', '${id(13)}'), ('${id(24)}', '${id(14)}'),
    ('${id(25)}', '${id(99)}'), ('${id(26)}', '${id(99)}'), ('${id(27)}', null)`;
  let bench: Awaited<ReturnType<typeof openBench>>;
  beforeAll(async () => {
    bench = await openBench(SHAPE_A, `${pointing('opportunity_scores')}; ${components}`);
  });

  test('go where the score goes; of a score that is gone they stay together', async () => {
    const keys = await keysOf(bench.session, bench.legacy, 'score_components');
    expect(keys).toEqual({
      [id(21)]: [id(1), id(1)],
      [id(22)]: [id(1), id(1)],
      [id(23)]: [id(3), null],
      // The score belongs to nothing and has its own id for a key: so has what it is made of.
      [id(24)]: [id(14), null],
      [id(25)]: [id(99), null],
      [id(26)]: [id(99), null],
      [id(27)]: [id(27), null],
    });
  });

  test('without the table of scores stay together by the score that they name', async () => {
    const { session, legacy } = await openBench(
      mixtureOf({ opportunityScores: 'none', scoreComponents: 'A' }),
      components,
    );
    expect(await keysOf(session, legacy, 'score_components')).toMatchObject({
      [id(21)]: [id(11), null],
      [id(25)]: [id(99), null],
    });
  });
});
