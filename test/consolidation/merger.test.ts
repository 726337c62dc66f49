import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consolidationMerger } from '../../src/consolidation/merger.js';
import { fieldsOf as fieldsOfModel } from '../../src/consolidation/sides.js';
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
  readonly thing?: string | null;
}
type World = Readonly<Record<string, readonly Given[]>>;

const KINDS: Readonly<Record<string, string>> = {
  id: 'int4', part: 'text', made: 'timestamptz', changed: 'timestamptz', a: 'text', b: 'text', c: 'text', rest: 'text',
}; // biome-ignore format: a table
const COLUMNS = Object.keys(KINDS);
const KEY = '0a000000-0000-0000-0000-000000000001';

const source = (table: string, more: Partial<SourceModel> = {}): SourceModel => ({
  table, schema: null, prefix: table, flag: `has_${table}`, identity: ['id'], match: [], within: [],
  times: { created: ['made'], updated: ['changed'] }, winner: { by: 'newest' }, variants: [], alike: [], names: new Map(), ...more,
}); // biome-ignore format: a row
const giver = (table: string, column: string, keepsOwn = false) => ({
  table,
  column,
  conversion: { kind: 'cast' } as const,
  keepsOwn,
});
const golden = (name: string, givers: GoldenModel['givers'], more: Partial<GoldenModel> = {}): GoldenModel => ({
  kind: 'golden', name, type: 'text', sqlType: null, givers, survivorship: 'precedence', together: null, otherwise: null, words: null, ...more,
}); // biome-ignore format: a row
const modelOf = (
  sources: readonly SourceModel[],
  columns: readonly ColumnModel[],
  veto = false,
): ConsolidationModel => ({
  name: 'things', into: 'things', duplicates: 'thing_duplicates', sources, columns, largestGroup: 1000, acceptedGroups: [], thing: 'record', id: null, referrers: [],
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
  return { bound, merger: consolidationMerger(model, bound), fields: fieldsOfModel(model) };
}
type Phase = ReturnType<typeof phaseOf>;

function extracted({ bound, fields }: Phase, world: World): string[][] {
  return bound.sources.map((source) =>
    (world[source.rule.table] ?? []).map(({ row, veto = null, thing = null }) => {
      const before = {
        thing: () => nullableBytes('uuid', thing),
        ownId: () => bytesOf('uuid', ownId(source.rule.table, row)),
        veto: () => nullableBytes('text', veto),
      };
      return rowOf([
        bytesOf('uuid', KEY),
        ...fields.map((name) => before[name]()),
        ...source.extracted.map(({ name, type }) => nullableBytes(type.kind, row[name] ?? null)),
      ]);
    }),
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

const GIVEN = { id: '1', part: 'x' };
const rowOfS = (row: Values, veto: string | null = null): Given => ({ row: { ...GIVEN, ...row }, veto });

describe('survivorship', () => {
  const sources = [source('s'), source('t')];
  const one = (columns: readonly ColumnModel[], world: World) => {
    const { unified } = merge(phaseOf(modelOf(sources, columns)), world);
    expect(unified).toHaveLength(1);
    const row = unified[0] ?? {};
    return { a: row.ga ?? null, b: row.gb ?? null, residue: JSON.parse(row.residue ?? 'null') as unknown };
  };
  const a = [giver('s', 'a'), giver('t', 'a')];
  const b = [giver('s', 'b'), giver('t', 'b')];
  const both = (s: Values, t: Values): World => ({ s: [rowOfS(s)], t: [rowOfS(t)] });

  test('by precedence, in the order of the givers and not of the sources', () => {
    const world = both({ a: 'mine', changed: at(9) }, { a: 'theirs', changed: at(1) });
    expect(one([golden('ga', a)], world).a).toBe('mine');
    expect(one([golden('ga', [...a].reverse())], world)).toMatchObject({
      a: 'theirs',
      residue: { 's.a': 'mine' },
    });
    expect(one([golden('ga', [giver('t', 'b'), ...a])], world).a).toBe('mine');
  });

  const newest = { survivorship: 'newest' } as const;
  test.each([
    ['the row changed last', { changed: at(1) }, { changed: at(2) }, 'theirs'],
    ['of equals the first giver', { changed: at(2) }, { changed: at(2) }, 'mine'],
    ['a row without a time comes last', {}, { changed: at(1) }, 'theirs'],
    ['of rows without a time the first giver', {}, {}, 'mine'],
    [
      'what was never changed was changed when it was made',
      { made: at(3) },
      { changed: at(2), made: at(1) },
      'mine',
    ],
    ['a null gives way', { changed: at(1) }, { changed: at(2), a: null }, 'mine'],
  ] as const)('by time: %s', (_what, mine, theirs, expected) => {
    const world = both({ a: 'mine', ...mine }, { a: 'theirs', ...theirs });
    expect(one([golden('ga', a, newest)], world).a).toBe(expected);
  });

  const columns = (by: GoldenModel['survivorship'], otherwise: string | null = null) => [
    golden('ga', a, { together: 'g', survivorship: by }),
    golden('gb', b, { together: 'g', survivorship: by, otherwise }),
  ];
  test('together: all columns are of one row, nulls included', () => {
    const world = both({ a: 'mine', changed: at(1) }, { a: 'theirs', b: 'theirs', changed: at(2) });
    expect(one(columns('precedence'), world)).toEqual({
      a: 'mine',
      b: null,
      residue: { 't.a': 'theirs', 't.b': 'theirs' },
    });
    expect(one(columns('newest'), world)).toEqual({
      a: 'theirs',
      b: 'theirs',
      residue: { 's.a': 'mine', 's.b': null },
    });
    expect(one(columns('precedence', 'none'), world)).toMatchObject({ a: 'mine', b: 'none' });
  });
  test('together: a row that has none of them gives way', () => {
    const world = both({ changed: at(9) }, { b: 'theirs' });
    for (const by of ['precedence', 'newest'] as const)
      expect(one(columns(by), world)).toEqual({ a: null, b: 'theirs', residue: { 's.b': null } });
  });

  test('what keeps a column of its own gives a value and leaves no residue', () => {
    const givers = [giver('s', 'a'), giver('t', 'a', true)];
    expect(one([golden('ga', givers)], both({ a: null }, { a: 'theirs' }))).toMatchObject({
      a: 'theirs',
      residue: { 's.a': null },
    });
    expect(one([golden('ga', givers)], both({ a: 'mine' }, { a: 'theirs' }))).toMatchObject({
      a: 'mine',
      residue: null,
    });
  });
  test('a constant where nobody has a value', () => {
    const columns = [golden('ga', a, { otherwise: 'none' })];
    expect(one(columns, both({}, {}))).toMatchObject({ a: 'none', residue: { 's.a': null, 't.a': null } });
    expect(one(columns, both({ a: 'none' }, { a: 'none' }))).toMatchObject({ a: 'none', residue: null });
  });
});

describe('winners', () => {
  const winnerOf = (by: SourceModel['winner']['by'], rows: readonly Values[]) => {
    const phase = phaseOf(modelOf([source('s', { winner: { by } })], [golden('ga', [giver('s', 'a')])]));
    const given = rows.map((row) => rowOfS(row));
    const found = [given, [...given].reverse()].map((list) =>
      merge(phase, { s: list }).unified.map((row) => row.s_id),
    );
    expect(found[0]).toEqual(found[1]);
    return found[0];
  };
  test('the newest', () => {
    expect(
      winnerOf('newest', [
        { id: '1', changed: at(1) },
        { id: '2', changed: at(2) },
      ]),
    ).toEqual(['2']);
    expect(
      winnerOf('newest', [
        { id: '1', changed: at(1) },
        { id: '2', made: at(2) },
      ]),
    ).toEqual(['2']);
    expect(winnerOf('newest', [{ id: '1', changed: at(1) }, { id: '2' }])).toEqual(['1']);
    expect(winnerOf('newest', [{ id: '1' }, { id: '2', a: 'x' }])).toEqual(['2']);
  });
  test('the one with most values, the oldest', () => {
    expect(
      winnerOf('most-values', [
        { id: '1', changed: at(9) },
        { id: '2', a: '', b: '' },
      ]),
    ).toEqual(['2']);
    expect(winnerOf('oldest', [{ id: '1', made: at(2) }, { id: '2', made: at(1) }, { id: '3' }])).toEqual([
      '2',
    ]);
  });
  test.each(['newest', 'most-values', 'oldest', 'smallest-identity'] as const)(
    'then the smaller number: %s',
    (by) => {
      expect(
        winnerOf(
          by,
          ['100', '20', '3'].map((id) => ({ id })),
        ),
      ).toEqual(['3']);
      expect(
        winnerOf(
          by,
          ['0', '-1', '-20'].map((id) => ({ id })),
        ),
      ).toEqual(['-20']);
    },
  );
});

describe('things', () => {
  const model = modelOf(
    [source('s'), source('t'), source('u')],
    [
      { kind: 'earliest', name: 'first' },
      golden('ga', [giver('s', 'a'), giver('t', 'a')]),
      { kind: 'latest', name: 'last' },
    ],
    true,
  );
  const things = (world: World, missing: readonly string[] = []) =>
    merge(phaseOf(model, true, missing), world);

  test('a veto keeps rows apart, and rows without one are joined to nobody then', () => {
    const s = [rowOfS({ id: '1' }, 'p'), rowOfS({ id: '2' }, 'q'), rowOfS({ id: '3' })];
    const t = [rowOfS({ id: '4' }, 'q'), rowOfS({ id: '5' })];
    const { unified, folded } = things({ s, t });
    expect(unified.map((row) => [row.s_id, row.t_id])).toEqual([
      ['1', null],
      ['2', '4'],
      ['3', '5'],
    ]);
    expect(folded).toEqual([]);
    expect(new Set(unified.map((row) => row.id)).size).toBe(3);
    expect(new Set(unified.map((row) => row.merge_key))).toEqual(new Set([KEY]));
  });
  test('rows without a veto belong to the only thing that there is', () => {
    const { unified, folded } = things({
      s: [rowOfS({ id: '1' }, 'p'), rowOfS({ id: '2' })],
      t: [rowOfS({ id: '4' })],
    });
    expect(unified.map((row) => [row.s_id, row.t_id])).toEqual([['1', '4']]);
    expect(folded.map((row) => [row.source, row.s_id, row.unified_id])).toEqual([['s', '2', unified[0]?.id]]);
  });
  test('single rows of one key are kept apart as well', () => {
    const { unified } = things({
      s: [rowOfS({ id: '1' }, 'p')],
      t: [rowOfS({ id: '4' })],
      u: [rowOfS({ id: '5' }, 'q')],
    });
    expect(unified.map((row) => [row.s_id, row.t_id, row.u_id])).toEqual([
      ['1', null, null],
      [null, null, '5'],
      [null, '4', null],
    ]);
  });

  test('the id is the own one of the first source that has a row', () => {
    const t = rowOfS({ id: '4' });
    expect(things({ t: [t], u: [rowOfS({ id: '5' })] }).unified[0]).toMatchObject({
      id: ownId('t', t.row),
      merge_key: KEY,
    });
  });
  test('times are of all rows, folded ones too, and never of one another', () => {
    const rows = [
      rowOfS({ id: '1', made: at(2), changed: at(3) }),
      rowOfS({ id: '2', made: at(1), changed: at(2) }),
    ];
    expect(things({ s: rows }).unified[0]).toMatchObject({ first: at(1), last: at(3) });
    for (const s of [
      [rowOfS({ id: '1', made: at(2) })],
      [rowOfS({ id: '1', made: at(2) }), rowOfS({ id: '2', made: at(3) })],
    ])
      expect(things({ s }).unified[0]).toMatchObject({ first: at(2), last: null });
    expect(things({ s: [rowOfS({ id: '1', changed: at(2) })] }).unified[0]).toMatchObject({
      first: null,
      last: at(2),
    });
  });
  test('a source that is not in the database has no rows', () => {
    const { unified } = things({ s: [rowOfS({ id: '1' })] }, ['t']);
    expect(unified[0]).toMatchObject({ has_s: 't', has_t: 'f', has_u: 'f' });
  });
  test('rows that are equal to the last byte are one and its duplicates', () => {
    const phase = phaseOf(model, false);
    const { unified, folded } = merge(phase, { s: [rowOfS({}), rowOfS({}), rowOfS({})] });
    expect([unified.length, folded.length]).toEqual([1, 2]);
  });

  test('of any number, with a veto each', () => {
    const s = Array.from({ length: 700 }, (_, n) =>
      rowOfS({ id: String(n % 350), part: String(n) }, `v${n % 350}`),
    );
    const apart = modelOf([source('s', { identity: ['id', 'part'] })], [], true);
    const { unified, folded, booked } = merge(phaseOf(apart), { s });
    expect([unified.length, folded.length, booked]).toEqual([350, 350, [{ primary: 350, folded: 350 }]]);
    expect(new Set(unified.map((row) => row.s_id)).size).toBe(350);
  });
});

test('a column that a rule needs and nobody reads is an error', () => {
  const model = modelOf([source('s')], []);
  const bound = boundTo(model, [tableOf({ name: 's', columns: KINDS, key: ['id'] })]);
  const unread = bound.sources.map((one) => ({ ...one, readCount: 0 }));
  expect(() => consolidationMerger(model, { ...bound, sources: unread })).toThrow(
    'column id of s is not read',
  );
});
