import { expect, test } from 'vitest';
import * as d from '../../src/declare.js';

interface Row {
  id: string;
  cross: string;
  alias: string;
  other: string;
  name: string;
  n: number;
  at: Date;
}
const crosswalk = d.crosswalk<Row>('names', { id: 'id', alias: 'alias', prefixes: ['x:'], oldest: 'at' });
const leadOf = (more: Partial<d.SourceOptions<Row>> = {}) =>
  d.source<Row>('lead', {
    identity: ['id'],
    match: [d.resolve(crosswalk, { ids: ['cross'], alias: 'alias' })],
    ...more,
  });
const otherOf = (more: Partial<d.SourceOptions<Row>> = {}) =>
  d.source<Row>('other', { identity: ['id'], match: [d.resolve(crosswalk, { alias: 'alias' })], ...more });
const lead = leadOf();
const other = otherOf();
const columns = { cross_id: d.resolved(crosswalk), name: d.text(lead.name, other.name) };
const simple = (options: Partial<d.ConsolidationOptions> = {}) =>
  d.consolidation('things', {
    into: 'all_things',
    sources: [lead, other],
    ids: d.idsOf(lead),
    columns,
    ...options,
  });

test('a crosswalk, what tells things apart and fallbacks are said', () => {
  const { model } = simple({
    sources: [leadOf({ distinct: [['name', 'other']] }), otherOf({ attach: 'name' })],
    columns: {
      ...columns,
      name: d.text(lead.name).else(crosswalk.name).else('none'),
      at: d.earliest.else(crosswalk.at),
    },
  });
  expect(model.sources.map(({ distinct, attach }) => [distinct, attach])).toEqual([
    [[['name', 'other']], undefined],
    [undefined, ['name']],
  ]);
  expect(model.columns[1]).toMatchObject({
    fallbacks: [{ kind: 'crosswalk', column: 'name' }],
    otherwise: 'none',
  });
  // @ts-expect-error: no such column in the source that is resolved by it
  expect(() => leadOf({ match: [d.resolve(crosswalk, { alias: 'nobody' })] })).not.toThrow();
  // @ts-expect-error: nor in the crosswalk
  expect(() => crosswalk.nmae).not.toThrow();
});

const plain = d.source<Row>('plain', { identity: ['id'], match: [d.same(d.exact, 'name')] });
const REFUSED: readonly (readonly [string, () => unknown, string])[] = [
  ['an alias that is said nowhere', () => d.crosswalk<Row>('names', { id: 'id', oldest: 'at' }), 'has no alias'],
  ['nothing that names a row', () => d.resolve(crosswalk, {}), 'Nothing names a row'],
  ['a prefix that nobody knows', () => d.resolve(crosswalk, { alias: 'a', written: 'y:' }), 'no prefix'],
  ['a crosswalk that is a source', () => simple({ into: 'names' }), 'is a source, or made'],
  ['two crosswalks', () => simple({ columns: { ...columns, b: d.resolved(d.crosswalk<Row>('b', { id: 'id', alias: 'alias', oldest: 'at' })) } }), 'names b as well'],
  ['no column for it', () => simple({ columns: { name: d.text(lead.name) } }), 'has 0 columns that name'],
  ['nobody who keeps the id', () => simple({ ids: d.idsOf(other) }), 'does not keep the ids of its first source'],
  ['ids that are made in another way', () => simple({ ids: d.idsOf(lead, { otherwise: 'x' }) }), 'does not keep the ids of its first source'],
  ['a step beside it', () => simple({ sources: [lead, otherOf({ match: [d.same(d.exact, 'name')] })] }), 'not found by one step'],
  ['a pointer to another one', () => simple({ sources: [lead, other, d.source<Row>('c', { identity: ['id'], match: [d.via(other, 'other')] })] }), 'not found by one step'],
  ['uuids of others', () => simple({ sources: [lead, otherOf({ match: [d.resolve(crosswalk, { ids: ['cross'] })] })] }), 'not found by one step'],
  ['a tenant', () => simple({ sources: [leadOf({ within: ['n'] }), otherOf({ within: ['n'] })] }), 'within a tenant'],
  ['a veto', () => simple({ veto: d.differs(d.exact, lead.other) }), 'has a veto'],
  ['recency', () => simple({ columns: { ...columns, name: d.newest(d.text(lead.name, other.name)) } }), 'survives by newest'],
  ['what is computed', () => simple({ columns: { ...columns, n: d.integer(d.computed(lead, 'n')) } }), 'is computed'],
  ['a number to fall back to', () => simple({ columns: { ...columns, n: d.numeric(lead.n).else(other.n) } }), 'neither a word nor a score'],
  ['a text behind a crosswalk', () => d.text(lead.name).else(crosswalk.name).else(other.name), 'comes behind'],
  ['a value of nothing', () => simple({ columns: { ...columns, name: d.text(lead.name).else(d.valueIn('nobody')) } }), 'no other shared text'],
  ['a latest time by itself', () => simple({ columns: { ...columns, at: d.latest } }), 'not held to the earliest'],
  ['things told apart by another source', () => simple({ sources: [lead, otherOf({ distinct: ['name'] })] }), 'cannot tell things apart'],
  ['a source that attaches to nothing', () => simple({ sources: [lead, otherOf({ attach: 'name' })] }), 'no source tells things apart'],
  ['texts that tell things apart without one', () => d.consolidation('p', { into: 'p', sources: [d.source<Row>('plain', { identity: ['id'], distinct: ['name'] })], columns: {} }), 'has no crosswalk'],
  ['a column of one that resolves nothing', () => d.consolidation('p', { into: 'p', sources: [plain], columns: { a: d.text(plain.name).else(crosswalk.name) } }), 'by which no source is resolved'],
  ['two homes for a column', () => simple({ columns: { ...columns, kept: d.kept('text', lead.name) } }), 'goes into name and into kept'],
  ['a name for what is elsewhere', () => simple({ sources: [leadOf({ names: { name: 'called' } }), other] }), 'is named called'],
  ['a variant that nothing tells', () => leadOf({ variants: { a: { tells: [], needs: [] } } }), 'Nothing tells variant a'],
  ['a member that is no plain score', () => d.members({ a: d.score(d.unit(lead.n)).else(1 as never) }), 'is no plain score'],
]; // biome-ignore format: a table

test.each(REFUSED)('%s is refused by name', (_what, declare, message) => {
  let said = 'nothing';
  try {
    declare();
  } catch (error) {
    said = (error as Error).message;
  }
  expect(said).toContain(message);
});
