import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consolidationMerger } from '../../src/consolidation/merger.js';
import type { ColumnModel, ConsolidationModel, GoldenModel, SourceModel } from '../../src/declare/model.js';
import { exact } from '../../src/mapping/normalizers.js';
import { foldedTable, unifiedTable } from '../../src/mapping/tables.js';
import { mergeRows } from '../redditharbor/merged.js';
import { bytesOf, fieldsOf, nullableBytes, rowOf, textOf } from '../support/binary-rows.js';
import { boundTo, tableOf } from './declared.js';

/** A legacy row by column, as text; and what the extraction puts before it. */
type Values = Readonly<Record<string, string | null>>;
interface Given {
  readonly row: Values;
  readonly veto?: string | null;
}
type World = Readonly<Record<string, readonly Given[]>>;

const KINDS: Readonly<Record<string, string>> = {
  id: 'int4', part: 'text', made: 'timestamptz', changed: 'timestamptz', a: 'text', b: 'text', c: 'text', rest: 'text',
}; // biome-ignore format: a table
const COLUMNS = Object.keys(KINDS);
const KEY = '0a000000-0000-0000-0000-000000000001';

const source = (table: string, more: Partial<SourceModel> = {}): SourceModel => ({
  table, schema: null, prefix: table, flag: `has_${table}`, identity: ['id'], match: [], within: [],
  times: { created: ['made'], updated: ['changed'] }, winner: { by: 'newest' }, ...more,
}); // biome-ignore format: a row
const giver = (table: string, column: string, keepsOwn = false) => ({
  table,
  column,
  conversion: { kind: 'cast' } as const,
  keepsOwn,
});
const golden = (name: string, givers: GoldenModel['givers'], more: Partial<GoldenModel> = {}): GoldenModel => ({
  kind: 'golden', name, type: 'text', givers, survivorship: 'precedence', together: null, otherwise: null, words: null, ...more,
}); // biome-ignore format: a row
const modelOf = (
  sources: readonly SourceModel[],
  columns: readonly ColumnModel[],
  veto = false,
): ConsolidationModel => ({
  name: 'things', into: 'things', duplicates: 'thing_duplicates', sources, columns, largestGroup: 1000,
  veto: veto ? { normalizer: exact, columns: new Map() } : null,
}); // biome-ignore format: a row

/** A uuid for a row of a table. */
const ownId = (table: string, { id, part }: Values) =>
  `${(table.charCodeAt(0) % 16).toString(16).repeat(8)}-0000-0000-0000-${Buffer.from(`${id}${part}`.padEnd(6).slice(0, 6)).toString('hex')}`;

/** @param keyed whether the server knows the identities as unique */
function phaseOf(model: ConsolidationModel, keyed = true, missing: readonly string[] = []) {
  const tables = model.sources
    .filter(({ table }) => !missing.includes(table))
    .map(({ table, identity }) => tableOf({ name: table, columns: KINDS, key: keyed ? identity : [] }));
  const bound = boundTo(model, tables);
  return { bound, merger: consolidationMerger(model, bound) };
}
type Phase = ReturnType<typeof phaseOf>;

function extracted({ bound }: Phase, world: World): string[][] {
  return bound.sources.map((source) =>
    (world[source.rule.table] ?? []).map(({ row, veto = null }) =>
      rowOf([
        bytesOf('uuid', KEY),
        bytesOf('uuid', ownId(source.rule.table, row)),
        nullableBytes('text', veto),
        ...source.extracted.map(({ name, type }) => nullableBytes(type.kind, row[name] ?? null)),
      ]),
    ),
  );
}

const unquoted = (names: readonly string[]) => names.map((name) => name.replaceAll('"', ''));

function named(names: readonly string[], kinds: ReadonlyMap<string, string>, bytes: string): Values {
  const fields = fieldsOf(bytes);
  expect(fields).toHaveLength(names.length);
  return Object.fromEntries(
    names.map((name, at) => [
      name,
      fields[at] == null ? null : textOf(kinds.get(name) ?? 'text', fields[at]),
    ]),
  );
}

function merge(phase: Phase, world: World) {
  const merged = mergeRows(phase, extracted(phase, world));
  return read(phase, merged);
}

function read({ bound }: Phase, merged: ReturnType<typeof mergeRows>) {
  const kinds = new Map<string, string>([
    ['id', 'uuid'], ['merge_key', 'uuid'], ['unified_id', 'uuid'], ['residue', 'jsonb'], ['first', 'timestamptz'], ['last', 'timestamptz'],
    ...bound.mapping.sources.flatMap(({ table, flag }): [string, string][] => [
      [flag ?? '', 'bool'],
      ...COLUMNS.map((name): [string, string] => [`${table}_${name}`, KINDS[name] ?? 'text']),
    ]),
  ]); // biome-ignore format: a table
  const unified = merged.unified.map((row) => named(unquoted(unifiedTable(bound).copied), kinds, row));
  const folded = merged.folded.map((row) => named(unquoted(foldedTable(bound).copied), kinds, row));
  return { unified, folded, booked: merged.booked };
}

/** The legacy rows that a view would show: every golden value is a text here, and its own inverse. */
function restored({ bound }: Phase, { unified, folded }: ReturnType<typeof merge>, table: string): Values[] {
  const source = bound.sources.find(({ rule }) => rule.table === table);
  const columns = source?.columns ?? [];
  return [
    ...unified
      .filter((row) => row[`has_${table}`] === 't')
      .map((row) => {
        const residue = JSON.parse(row.residue ?? '{}') as Record<string, string | null>;
        return Object.fromEntries(
          columns.map(({ name, home }) => {
            const label = `${table}.${name}`;
            if (home.kind === 'own') return [name, row[home.target] ?? null];
            if (home.kind !== 'golden') throw new Error(home.kind);
            return [
              name,
              Object.hasOwn(residue, label) ? (residue[label] ?? null) : (row[home.target] ?? null),
            ];
          }),
        );
      }),
    ...folded
      .filter((row) => row.source === table)
      .map((row) => Object.fromEntries(columns.map(({ name }) => [name, row[`${table}_${name}`] ?? null]))),
  ];
}

const at = (day: number) => `2025-01-0${day} 00:00:00+00`;
const value = (row: Values): Values => Object.fromEntries(COLUMNS.map((name) => [name, row[name] ?? null]));

describe('any model, any rows', () => {
  const maybe = (values: readonly string[]) => fc.option(fc.constantFrom(...values));
  const row = fc.record({
    row: fc.record({
      id: fc.constantFrom('-5', '2', '3', '10', '100000'),
      part: fc.constantFrom('x', 'y', 'xy'),
      made: maybe([at(1), at(2), at(3)]),
      changed: maybe([at(1), at(2), at(4)]),
      a: maybe(['one', 'two']),
      b: maybe(['one', 'three']),
      c: maybe(['one', '']),
      rest: maybe(['r', 's']),
    }),
    veto: maybe(['p', 'q', 'r']),
  });
  const winner = fc
    .constantFrom('newest', 'most-values', 'oldest', 'smallest-identity')
    .map((by) => ({ by }) as SourceModel['winner']);
  const survivorship = fc.constantFrom('precedence', 'newest') as fc.Arbitrary<'precedence' | 'newest'>;
  const model = fc
    .record({
      count: fc.integer({ min: 1, max: 3 }),
      veto: fc.boolean(),
      together: fc.boolean(),
      keyed: fc.boolean(),
      winner,
      survivorship,
      other: survivorship,
      otherwise: fc.option(fc.constantFrom('one', 'none')),
    })
    .chain((drawn) =>
      fc.tuple(
        fc.constant(drawn),
        fc.shuffledSubarray(['s', 't', 'u'], { minLength: drawn.count, maxLength: drawn.count }),
      ),
    )
    .map(([drawn, order]) => {
      const tables = ['s', 't', 'u'].slice(0, drawn.count);
      const group = drawn.together ? 'g' : null;
      const ranked = order.filter((table) => tables.includes(table));
      return {
        keyed: drawn.keyed,
        model: modelOf(
          tables.map((table) => source(table, { identity: ['id', 'part'], winner: drawn.winner })),
          [
            { kind: 'earliest', name: 'first' },
            golden(
              'ga',
              [
                ...ranked.map((table) => giver(table, 'a')),
                ...ranked.map((table) => giver(table, 'c', true)),
              ],
              { survivorship: drawn.survivorship, together: group, otherwise: drawn.otherwise },
            ),
            golden(
              'gb',
              ranked.map((table) => giver(table, 'b')),
              { survivorship: group === null ? drawn.other : drawn.survivorship, together: group },
            ),
            { kind: 'latest', name: 'last' },
          ],
          drawn.veto,
        ),
      };
    });
  const world = fc
    .record({
      s: fc.array(row, { maxLength: 6 }),
      t: fc.array(row, { maxLength: 3 }),
      u: fc.array(row, { maxLength: 1 }),
    })
    .filter(({ s }) => s.length > 0);

  const cleaned = (
    drawn: World,
    { model, keyed }: { readonly model: ConsolidationModel; readonly keyed: boolean },
  ): World =>
    Object.fromEntries(
      model.sources.map(({ table }) => {
        const rows = (drawn[table] ?? []).map(({ row, veto = null }) => ({
          row,
          veto: model.veto === null ? null : veto,
        }));
        const names = rows.map(({ row }) => `${row.id}/${row.part}`);
        return [
          table,
          keyed ? rows.filter((_row, index) => names.indexOf(names[index] ?? '') === index) : rows,
        ];
      }),
    );

  test('what was merged is given back, every row is booked once, and the order of rows decides nothing', () => {
    fc.assert(
      fc.property(model, world, fc.infiniteStream(fc.nat()), (declared, drawn, chance) => {
        const phase = phaseOf(declared.model, declared.keyed);
        const rows = cleaned(drawn, declared);
        const found = merge(phase, rows);
        for (const { table } of declared.model.sources) {
          const given = (rows[table] ?? []).map(({ row }) => JSON.stringify(value(row))).sort();
          expect(
            restored(phase, found, table)
              .map((one) => JSON.stringify(value(one)))
              .sort(),
          ).toEqual(given);
        }
        phase.bound.sources.forEach(({ rule }, index) => {
          const { primary = 0, folded = 0 } = found.booked[index] ?? {};
          expect(primary + folded).toBe(rows[rule.table]?.length);
          expect(folded).toBe(found.folded.filter(({ source }) => source === rule.table).length);
        });
        const shuffled = Object.fromEntries(
          Object.entries(rows).map(([table, list]) => [
            table,
            list
              .map((one) => ({ one, at: chance.next().value }))
              .sort((a, b) => a.at - b.at)
              .map(({ one }) => one),
          ]),
        );
        const again = merge(phase, shuffled);
        expect(again.unified).toEqual(found.unified);
        expect(again.folded.map((one) => JSON.stringify(one)).sort()).toEqual(
          found.folded.map((one) => JSON.stringify(one)).sort(),
        );
      }),
      { numRuns: 200 },
    );
  });
});
