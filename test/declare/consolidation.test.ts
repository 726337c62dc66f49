import { describe, expect, test } from 'vitest';
import { refusingTogether } from '../../src/declare/refuse.js';
import * as d from '../../src/declare.js';
import { crm, customers, type Shop, shop, state } from './shop.js';

const simple = (
  columns: d.ConsolidationOptions['columns'],
  sources: d.ConsolidationOptions['sources'] = [shop, crm],
) => d.consolidation('customers', { into: 'customers_unified', sources, columns });

describe('a declaration', () => {
  test('says what was written', () => {
    const { model } = customers;
    expect(model.duplicates).toBe('customers_unified_duplicates');
    expect(model.sources.map(({ table, flag }) => [table, flag])).toEqual([
      ['shop_customers', 'from_shop_customers'],
      ['crm_people', 'from_crm_people'],
    ]);
    const byName = new Map(model.columns.map((column) => [column.name, column]));
    expect(byName.get('name')).toMatchObject({ survivorship: 'newest', type: 'text' });
    expect(byName.get('zip')).toMatchObject({ together: 'city, zip', survivorship: 'precedence' });
    expect(byName.get('state')).toMatchObject({ otherwise: 'lead', words: ['lead', 'customer', 'gone'] });
    expect(byName.get('created_at')).toEqual({ kind: 'earliest', name: 'created_at' });
  });

  test('takes columns by whatever name they have', () => {
    const odd = d.source<{ id: number; constructor: string; then: string; table: string; giver: string }>(
      'odd',
      {
        identity: ['id'],
      },
    );
    const { model } = simple({ a: d.text(odd.constructor, odd.then, odd.table, odd.giver) }, [odd]);
    expect(model.columns[0]).toMatchObject({
      givers: ['constructor', 'then', 'table', 'giver'].map((column) => ({ table: 'odd', column })),
    });
  });

  test('is refused by the compiler where a column does not exist, or holds something else', () => {
    // @ts-expect-error: there is no such column
    expect(() => d.text(shop.nmae)).not.toThrow();
    // @ts-expect-error: a number is no text
    expect(() => d.text(shop.loyalty)).not.toThrow();
    // @ts-expect-error: a score says its scale
    expect(() => d.score(shop.loyalty)).not.toThrow();
    // @ts-expect-error: no such word
    expect(() => state(shop.state).else('nobody')).toThrow('none of the words');
    const mail = d.same(d.email, 'mail');
    // @ts-expect-error: no such column in the ladder
    expect(() => d.source<Shop>('shop_customers', { identity: ['id'], match: [mail] })).not.toThrow();
    // @ts-expect-error: nor in the identity
    expect(() => d.source<Shop>('shop_customers', { identity: ['no'] })).not.toThrow();
  });

  test.each<[string, () => unknown, string]>([
    ['without an identity', () => d.source<Shop>('shop_customers', { identity: [] }), 'has no identity'],
    [
      'with a member that sources do not have',
      () => d.source<Shop>('t', { identity: ['id'], matches: [] } as never),
      'has no member matches',
    ],
    [
      'with two homes for one column',
      () => simple({ a: d.text(shop.full_name), b: d.text(shop.full_name) }),
      'goes into a and into b',
    ],
    ['with a source that is not listed', () => simple({ a: d.text(crm.name) }, [shop]), 'is no source'],
    [
      'with a pointer to a source that is not listed',
      () => simple({ a: d.text(crm.name) }, [crm]),
      'is no source',
    ],
    ['that takes a name of ours', () => simple({ merge_key: d.text(shop.full_name) }), "Drydock's own"],
    ['without givers', () => simple({ a: d.text() }), 'has no givers'],
    [
      'that makes a table that is a source',
      () => d.consolidation('c', { into: 'x', duplicates: 'crm_people', sources: [shop, crm], columns: {} }),
      'is a source and cannot be made',
    ],
    ['with a bad name', () => d.consolidation('C 1', { into: 'x', sources: [shop], columns: {} }), 'no name'],
    ['with pointers of another number than the identity', () => d.via(shop, 'a', 'b'), 'told apart by id'],
    ['with a spelling of two words', () => d.words({ a: 'x y', b: 'y' }), 'both a and b'],
    [
      'with columns together that come from different sources',
      () => simple({ ...d.together({ a: d.text(shop.city, crm.town), b: d.text(crm.postcode) }) }),
      'survive together',
    ],
    [
      'with pointers in a circle',
      () => {
        const a: d.SourceHandle = d.source('a', {
          identity: ['id' as never],
          match: [d.via(named('b'), 'b_id' as never)],
        });
        const b: d.SourceHandle = d.source('b', {
          identity: ['id' as never],
          match: [d.via(a, 'a_id' as never)],
        });
        return simple({}, [a, b]);
      },
      'in a circle: a -> b -> a',
    ],
    [
      'with a crosswalk that is not listed',
      () => simple({}, [caller(shop), crm]),
      'through shop_customers, which is no source',
    ],
    [
      'with a crosswalk that has not the key',
      () => simple({}, [caller(shop), shop]),
      'whose ladder has no step of key digits',
    ],
    [
      'with a crosswalk that has nothing before the key',
      () =>
        simple({}, [
          d.source('c', {
            identity: ['id' as never],
            match: [d.through(shop, d.same(d.email, 'mail' as never))],
          }),
          shop,
        ]),
      'no other key before email',
    ],
    ['with a crosswalk by a pointer', () => d.through(shop, d.via(shop, 'id')), 'is given a pointer'],
    [
      'with rows that are resolved through what points to them',
      () => {
        const a: d.SourceHandle = d.source('a', {
          identity: ['id' as never],
          match: [d.through(named('b'), d.same(d.email, 'mail' as never))],
        });
        const b = d.source('b', {
          identity: ['id' as never],
          match: [d.via(a, 'a_id' as never), d.same(d.email, 'mail' as never)],
        });
        return simple({}, [a, b]);
      },
      'in a circle: a -> b -> a',
    ],
  ])('is refused %s', (_what, declare, message) => {
    expect(declare).toThrow(expect.objectContaining({ code: 'bad-declaration' }));
    expect(declare).toThrow(message);
  });
});

test('a circle is named once, with whatever else is wrong in a file', async () => {
  const handle = (table: string, to: string): d.SourceHandle =>
    d.source(table, { identity: ['id' as never], match: [d.via(named(to), 'to' as never)] });
  const circle = async () =>
    simple({ merge_key: d.text(crm.name) }, [handle('a', 'b'), handle('b', 'c'), handle('c', 'a')]);
  await expect(refusingTogether(circle)).rejects.toMatchObject({
    refusals: [
      { message: expect.stringContaining("Drydock's own") },
      { message: 'Sources point to each other in a circle: a -> b -> c -> a.' },
      { message: expect.stringContaining('is no source') },
    ],
  });
});

/** Its rows have a phone alone. */
function caller(crosswalk: d.SourceHandle): d.SourceHandle {
  return d.source('callers', {
    identity: ['no' as never],
    match: [d.through(crosswalk, d.same(d.digits, 'tel' as never))],
  });
}

/** A source by name alone, for what points to it before it is declared. */
function named(table: string): d.SourceHandle {
  return d.source(table, { identity: ['id' as never] });
}
