import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';

interface Row {
  id: string;
  ref: string;
  a_id: string;
  name: string;
  n: number;
}
const source = (table: string, more: Partial<d.SourceOptions<Row>> = {}) =>
  d.source<Row>(table, { identity: ['id'], ...more });
const a = source('a');
const b = source('b');
const whole = source('w', { match: [d.via(a, 'a_id')], whole: true });
const made = d.consolidation('made', { into: 'made', sources: [a], ids: d.idsOf(a), columns: {} });
const about = source('c', { match: [d.thing(made, 'a_id')] });
const lines = source('l', { match: [d.thing(made, 'a_id')], whole: true });
const declare = (
  sources: readonly d.SourceHandle[],
  columns: d.ConsolidationOptions['columns'] = {},
  more: Partial<d.ConsolidationOptions> = {},
) => d.consolidation('x', { into: 'x', sources, columns, ...more });

test('things, rows that are kept whole and what is known of them are declared', () => {
  const { model } = declare([about, lines], {
    a: d.thing(made),
    n: d.count(lines),
    mean: d.mean(lines.n, { as: 'numeric(4,1)', between: [-1, '2.5'] }),
  });
  expect(model.columns).toEqual([
    { kind: 'thing', name: 'a', onDelete: 'cascade', of: { consolidation: 'made', into: 'made', duplicates: 'made_duplicates', table: 'a', identity: 'id', isOnePerKey: false } },
    { kind: 'fold', name: 'n', fold: { by: 'count', table: 'l' } },
    { kind: 'fold', name: 'mean', fold: { by: 'mean', table: 'l', values: ['n'], precision: 4, scale: 1, least: '-1', most: '2.5' } },
  ]); // biome-ignore format: rows
});

test.each<readonly [string, () => unknown, string]>([
  ['kept whole altogether', () => declare([source('w', { whole: true })]), 'nothing is left to merge'],
  [
    'kept whole and vetoed',
    () => declare([a, whole], {}, { veto: d.differs(d.exact, a.name) }),
    'has a veto',
  ],
  [
    'kept whole and merged',
    () => declare([a, whole], { t: d.text(whole.name) }),
    'whose rows are kept whole',
  ],
  [
    'what points to rows kept whole',
    () => declare([a, whole, source('p', { match: [d.via(whole, 'ref')] })]),
    'p points to w, whose rows are kept whole',
  ],
  ['summed up and merged', () => declare([a, whole], { n: d.count(a) }), 'sums up a, whose rows are merged'],
  ['summed up and no source', () => declare([a, whole], { n: d.count(b) }), 'sums up b, which is no source'],
  [
    'a word for sources that flags say',
    () => declare([a, b], { m: d.madeOf({ x: [a] }) }),
    'as their flags do',
  ],
  ['a summary of two sources', () => d.names([a.name, b.name]), 'columns of a and b'],
  ['a summary of nothing', () => d.names([]), 'columns of no source'],
  ['a mean of no type', () => d.mean(a.n, { as: 'numeric' }), 'A mean is no numeric'],
  ['a mean within no numbers', () => d.mean(a.n, { between: [0, 'many'] }), '"many" is no bound'],
  ['a thing of rows with ids of their own', () => d.thing(declare([a]), 'a_id'), 'ids of its own'],
  ['a thing that no column names', () => declare([about, lines]), 'no column says which'],
  [
    'a thing that is made later',
    () => projectOf([declare([about, lines], { p: d.thing(made) }), made]),
    'made makes, which does not come before it',
  ],
  ['two things', () => declare([about, lines], { p: d.thing(made), q: d.thing(made) }), 'about two things'],
  [
    'a thing and another key',
    () =>
      declare([source('c', { match: [d.thing(made, 'a_id'), d.same(d.exact, 'name')] })], {
        p: d.thing(made),
      }),
    'match by a key of their own',
  ],
  [
    'a thing by another merged source',
    () => declare([about, source('e', { match: [d.via(about, 'ref')] })], { p: d.thing(made) }),
    'point to c as well',
  ],
  [
    'a thing within tenants',
    () => declare([source('c', { match: [d.thing(made, 'a_id')], within: ['n'] })], { p: d.thing(made) }),
    'one row at most',
  ],
  [
    'ids of rows kept whole',
    () => declare([a, whole], {}, { ids: d.idsOf(whole) }),
    'none of its sources that are merged',
  ],
  [
    'ids and a veto',
    () => declare([a, b], {}, { ids: d.idsOf(a), veto: d.differs(d.exact, a.name) }),
    'keeps ids and has a veto',
  ],
  [
    'ids of several columns',
    () => d.idsOf(source('t', { identity: ['id', 'ref'] })),
    'no id of a unified row is made of several',
  ],
  [
    'versions without a newest row',
    () => source('v', { winner: { by: 'oldest', version: 'ref' } as never }),
    'has versions, and no newest row',
  ],
  [
    'two conversions in one form',
    () => declare([a], { s: d.score(d.inVariant('v', d.unit(a.n)), d.inVariant('v', d.percent(a.n))) }),
    'gives s its value twice',
  ],
])('is refused by name: %s', (_what, declared, message) => {
  expect(declared).toThrow(expect.objectContaining({ code: 'bad-declaration' }));
  expect(declared).toThrow(message);
});
