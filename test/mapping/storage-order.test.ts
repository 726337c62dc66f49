import { expect, test } from 'vitest';
import { SHAPE_A, SHAPE_B, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { bindPhase } from '../../src/mapping/bind.js';
import { inStorageOrder } from '../../src/mapping/storage-order.js';
import { createTableStatements, targetsOf } from '../../src/mapping/targets.js';
import { assessmentsPhase, opportunitiesMapping } from '../../src/redditharbor/phases.js';
import { createTestDatabase } from '../support/database.js';
import { createLegacy, detect } from '../support/legacy.js';
import { openSession } from '../support/session.js';

const ALIGNED = { c: 1, s: 2, i: 4, d: 8 } as const;

test.each(Object.entries({ A: SHAPE_A, B: SHAPE_B, dlt: SHAPE_B_DLT }))(
  '%s: of aligned columns only the first of a group may be filled up before',
  async (_shape, mixture) => {
    const database = await createTestDatabase('storage-order');
    await createLegacy(database, mixture);
    const session = await openSession(database.url);
    const legacy = await detect(session, mixture.schema, mixture.appSchema);
    await session.execute('create schema made');
    for (const mapping of [opportunitiesMapping, assessmentsPhase.mapping]) {
      const targets = targetsOf({ schema: 'made', bound: bindPhase(mapping, legacy) });
      for (const target of [targets.unified, targets.folded]) {
        await session.execute(createTableStatements(target));
        const columns = await session.query(
          'select attname, attlen::text, attalign::text from pg_attribute where attrelid = $1::text::regclass and attnum > 0 order by attnum',
          [target.qualified],
        );
        // Where the next column begins; unknown behind one of any length.
        let at: number | null = 0;
        let filled = 0;
        for (const { attlen, attalign } of columns) {
          const [width, alignment]: [number, number] = [Number(attlen), ALIGNED[attalign as 'c']];
          if (width > 0 && alignment > 1 && (at === null || at % alignment > 0)) {
            filled += 1;
            at = 0;
          }
          at = width < 0 || at === null ? null : at + width;
        }
        expect([target.name, filled]).toEqual([target.name, Math.min(filled, 1)]);
      }
    }
  },
);

test('columns of one width keep their order, behind those that are never null', () => {
  const column = (definition: string, type: string, notNull = false) => ({ definition, type, notNull });
  const columns = [
    column('a', 'text'),
    column('b', 'timestamptz'),
    column('c', 'bool'),
    column('d', 'uuid', true),
    column('e', 'int4'),
    column('f', 'int8'),
    column('g', 'a type of others', true),
    column('h', 'int4', true),
  ];
  expect(inStorageOrder(columns)).toEqual(['d', 'b', 'f', 'e', 'h', 'a', 'c', 'g']);
});
