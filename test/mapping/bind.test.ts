import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { SHAPE_A, SHAPE_B, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import type { Session } from '../../src/db/session.js';
import type { CatalogColumn } from '../../src/legacy/catalog.js';
import type { LegacyDatabase, LegacyTable } from '../../src/legacy/detect.js';
import { type BoundSource, bindPhase, foldedColumn } from '../../src/mapping/bind.js';
import type { PhaseMapping } from '../../src/mapping/mapping.js';
import { foldedTable, ownBlock, unifiedTable } from '../../src/mapping/tables.js';
import { createTableStatements, targetsOf } from '../../src/mapping/targets.js';
import { assessmentsPhase, opportunitiesMapping } from '../../src/redditharbor/phases.js';
import { createTestDatabase } from '../support/database.js';
import { createLegacy, detect } from '../support/legacy.js';
import { openSession } from '../support/session.js';

const MIXTURES = { A: SHAPE_A, B: SHAPE_B, dlt: SHAPE_B_DLT };
const MAPPINGS = [opportunitiesMapping, assessmentsPhase.mapping];
const legacies = new Map<string, LegacyDatabase>();
let session: Session;
beforeAll(async () => {
  for (const [name, mixture] of Object.entries(MIXTURES)) {
    const database = await createTestDatabase('bind');
    await createLegacy(database, mixture);
    session = await openSession(database.url);
    legacies.set(name, await detect(session, mixture.schema, mixture.appSchema));
  }
});

const TEXT: CatalogColumn['type'] = {
  name: 'text', base: 'text', kind: 'text', category: 'S', hasModifier: false, scale: null, collation: null, binary: true, isArray: false, sameBy: 'value', hiding: null,
}; // biome-ignore format: a row
const column = (name: string): CatalogColumn => ({ name, type: TEXT, notNull: false });

/** The same database with further columns in each table. */
function withColumns(legacy: LegacyDatabase, names: readonly string[]): LegacyDatabase {
  const tables = new Map<LegacyTable['name'], LegacyTable>();
  for (const [name, table] of legacy.tables) {
    const further = names.filter((one) => !table.columns.some((own) => own.name === one));
    tables.set(name, { ...table, columns: [...table.columns, ...further.map(column)] });
  }
  return { ...legacy, tables };
}

const unquoted = (names: readonly string[]) => names.map((name) => name.replaceAll('"', ''));

/** Names of ours, alone and without the prefixes that they might get. */
function ourNames(mapping: PhaseMapping): string[] {
  const targets = mapping.sources.flatMap(({ homes }) =>
    [...homes.values()].flatMap((home) => ('target' in home ? [home.target] : [])),
  );
  const all = [...mapping.computed, ...mapping.always]
    .map(({ name }) => name)
    .concat(targets, 'source', 'unified_id', 'id_2', 'legacy');
  const prefixes = mapping.sources.flatMap(({ prefix, table }) => [
    `${prefix}_`,
    `${table}_`,
    `legacy_${table}_`,
  ]);
  const stripped = prefixes.flatMap((prefix) =>
    all.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  );
  return [
    ...new Set([...all, ...stripped, ...mapping.sources.flatMap(({ homes }) => [...homes.keys()])]),
  ].filter((name) => name !== '');
}

const long = fc
  .tuple(fc.constantFrom('x', 'é', '日', '\u{1F680}'), fc.constantFrom('a', 'b'))
  .map(([char, end]) => {
    let name = char.repeat(Math.floor(62 / Buffer.byteLength(char)));
    while (Buffer.byteLength(name) < 62) name += '_';
    return `${name.slice(0, -1)}${end}`;
  });

describe.each(MAPPINGS.map((mapping) => [mapping.phase, mapping] as const))('%s', (_phase, mapping) => {
  const anyName = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ourNames(mapping)) },
    { weight: 1, arbitrary: long },
  );

  test('whatever columns somebody added, each has one home, and no name is given twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(MIXTURES)),
        fc.uniqueArray(anyName, { maxLength: 25 }),
        (shape, names) => {
          const legacy = withColumns(legacies.get(shape) as LegacyDatabase, names);
          const bound = bindPhase(mapping, legacy);
          for (const source of bound.sources) expectWhole(source);
          for (const table of [unifiedTable(bound), foldedTable(bound)]) {
            const copied = unquoted(table.copied);
            expect(new Set(copied).size).toBe(copied.length);
            const defined = table.definitions.map(
              (definition) => definition.match(/^(?:"(.+?)"|\S+)/)?.[0] ?? '',
            );
            expect(new Set(unquoted(defined)).size).toBe(defined.length);
            for (const name of copied) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
            for (const name of copied) expect(unquoted(defined)).toContain(name);
          }
        },
      ),
      { numRuns: 120 },
    );
  });

  test('the tables can be made, with all of these columns at once', async () => {
    for (const [shape, legacy] of legacies) {
      const bound = bindPhase(mapping, withColumns(legacy, ourNames(mapping)));
      const targets = targetsOf({ schema: `made_${shape}`, bound });
      await session.execute(`create schema if not exists "made_${shape}"`);
      for (const target of [targets.unified, targets.folded])
        await session.execute(createTableStatements(target));
    }
  });
});

/** Every column is extracted once, golden ones first and then those that are read. */
function expectWhole(source: BoundSource): void {
  const names = (columns: readonly { readonly name: string }[]) => columns.map(({ name }) => name);
  expect(names(source.columns)).toEqual(names(source.table.columns));
  expect([...names(source.extracted)].sort()).toEqual([...names(source.columns)].sort());
  const [golden, read, rest] = [
    source.extracted.slice(0, source.goldenCount),
    source.extracted.slice(source.goldenCount, source.readCount),
    source.extracted.slice(source.readCount),
  ];
  expect(golden.every(({ home }) => home.kind !== 'own')).toBe(true);
  expect(read.every((one) => one.home.kind === 'own' && one.read)).toBe(true);
  expect(rest.every((one) => one.home.kind === 'own' && !one.read)).toBe(true);
  if (source.rule.flag !== null) expect(ownBlock(source)).toEqual([...read, ...rest]);
}

describe('homes', () => {
  const homeOf = (legacy: LegacyDatabase, table: string, name: string) => {
    const bound = bindPhase(opportunitiesMapping, legacy);
    const found = bound.sources
      .find(({ rule }) => rule.table === table)
      ?.columns.find((one) => one.name === name);
    return found?.home;
  };
  const b = () => legacies.get('B') as LegacyDatabase;
  /** The database with one column's type replaced. */
  const retyped = (
    table: LegacyTable['name'],
    name: string,
    type: Partial<CatalogColumn['type']>,
  ): LegacyDatabase => {
    const found = b().tables.get(table) as LegacyTable;
    const columns = found.columns.map((one) =>
      one.name === name ? { ...one, type: { ...one.type, ...type } } : one,
    );
    return { ...b(), tables: new Map([...b().tables, [table, { ...found, columns }]]) };
  };

  test('a column that is known goes where its rule says', () => {
    expect(homeOf(b(), 'opportunities', 'id')).toEqual({ kind: 'id' });
    expect(homeOf(b(), 'opportunities', 'app_name')).toMatchObject({ kind: 'golden', target: 'app_name' });
    expect(homeOf(b(), 'app_opportunities', 'app_concept')).toMatchObject({
      kind: 'own',
      target: 'app_concept',
      stored: 'text',
    });
  });

  test('a column that nobody knows gets one of its own, under another name where that is ours', () => {
    const legacy = withColumns(b(), ['concept', 'color', 'submission_id', 'merge_key', 'residue']);
    expect(homeOf(legacy, 'app_opportunities', 'color')).toMatchObject({ kind: 'own', target: 'app_color' });
    expect(homeOf(legacy, 'app_opportunities', 'concept')).toMatchObject({
      kind: 'own',
      target: 'legacy_app_opportunities_concept',
    });
    expect(homeOf(legacy, 'opportunities', 'residue')).toMatchObject({
      kind: 'own',
      target: 'opportunity_residue',
    });
    expect(homeOf(legacy, 'opportunities', 'merge_key')).toMatchObject({
      kind: 'own',
      target: 'opportunity_merge_key',
    });
    // Two columns that a rule sends to the same place.
    expect(homeOf(legacy, 'opportunities', 'identified_from_submission_id')).toMatchObject({
      target: 'opportunity_submission_id',
    });
    expect(homeOf(legacy, 'opportunities', 'submission_id')).toMatchObject({
      kind: 'own',
      target: 'legacy_opportunities_submission_id',
    });
  });

  test('a type that a rule does not know makes a column of its own', () => {
    const json = { name: 'jsonb', base: 'jsonb', kind: 'jsonb', category: 'U' };
    expect(homeOf(retyped('opportunities', 'app_name', json), 'opportunities', 'app_name')).toMatchObject({
      kind: 'own',
      target: 'opportunity_app_name',
    });
    const own = homeOf(retyped('app_opportunities', 'app_concept', json), 'app_opportunities', 'app_concept');
    expect(own).toMatchObject({ kind: 'own', target: 'app_concept', stored: 'jsonb' });
  });

  test('a type that cannot be sent in binary is kept as text', () => {
    const aclitem = { name: 'aclitem', base: 'aclitem', kind: 'aclitem', category: 'U', binary: false };
    for (const name of ['app_concept', 'color']) {
      const known = withColumns(b(), ['color']);
      const found = known.tables.get('app_opportunities') as LegacyTable;
      const columns = found.columns.map((one) =>
        one.name === name ? { ...one, type: { ...one.type, ...aclitem } } : one,
      );
      const legacy = { ...known, tables: new Map([...known.tables, [found.name, { ...found, columns }]]) };
      expect(homeOf(legacy, 'app_opportunities', name)).toMatchObject({ kind: 'own', stored: 'text' });
      const bound = bindPhase(opportunitiesMapping, legacy);
      const kept = foldedTable(bound).definitions.filter((one) => one.includes(`app_opportunities_${name}`));
      expect(kept).toEqual([expect.stringMatching(/ text$/)]);
    }
  });

  test('folded rows keep every column under a name of its own', () => {
    const bound = bindPhase(opportunitiesMapping, withColumns(b(), ['source', 'unified_id']));
    const names = bound.sources.flatMap(({ rule, columns }) =>
      columns.map(({ name }) => foldedColumn(rule, name)),
    );
    expect(new Set([...names, 'source', 'unified_id', 'merge_key']).size).toBe(names.length + 3);
  });
});
