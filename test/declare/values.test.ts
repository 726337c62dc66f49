import { describe, expect, test } from 'vitest';
import * as d from '../../src/declare.js';
import { type Crm, crm, type Shop, shop, state } from './shop.js';

const declared = (columns: d.ConsolidationOptions['columns'], sources: d.ConsolidationOptions['sources'] = [shop, crm]) =>
  d.consolidation('customers', { into: 'customers_unified', sources, columns }); // biome-ignore format: a line
const status = d.splits(crm.status, {
  open: { state: 'lead', active: true, level: 1 },
  closed: { state: 'gone', active: false },
});

describe('what a value may depend on', () => {
  test('is a type error where it cannot be meant', () => {
    // @ts-expect-error: a factor is a number, as a text
    expect(() => d.times(shop.loyalty, 'half')).toThrow('no factor');
    // @ts-expect-error: not a number itself, which JavaScript would round
    expect(() => d.times(shop.loyalty, 0.01)).toThrow();
    // @ts-expect-error: a part that no word has
    expect(status.stat).toBeUndefined();
    // @ts-expect-error: a number is no text
    expect(() => d.text(status.level)).not.toThrow();
    // @ts-expect-error: a case of another type
    expect(() => d.numeric(d.when(shop.state, { x: shop.city }, shop.loyalty))).toThrow('one column');
    // @ts-expect-error: filled and newest are two answers, and together takes none of rows that lost
    expect(() => d.together({ a: d.text(shop.city) }, 'filled')).not.toThrow();
    // @ts-expect-error: a text is no truth
    expect(() => d.boolean(d.unlessIs(shop.city, 'x'))).not.toThrow();
  });

  test('is said in the model', () => {
    const { model } = declared({
      state: state(status.state),
      active: d.boolean(status.active),
      level: d.integer(status.level),
      city: d.filled(d.text(shop.city, d.unlessIs(crm.town, '?'))).blankIsNone,
      zip: d.text(shop.zip, crm.postcode).nullsCount,
      loyalty: d.numeric(d.when(shop.state, { half: d.times(shop.loyalty, '0.5') })),
    });
    expect(model.columns).toMatchObject([
      { name: 'state', givers: [{ conversion: { kind: 'split', part: 'state' } }] },
      { name: 'active' },
      { name: 'level' },
      {
        survivorship: 'filled',
        blankIsNone: true,
        givers: [{}, { conversion: { kind: 'unless', is: '?' } }],
      },
      { nullsCount: true },
      { givers: [{ conversion: { kind: 'when', column: 'state', otherwise: null } }] },
    ]);
  });

  test.each<[string, () => unknown, string]>([
    ['a factor that is 0', () => d.times(shop.loyalty, '0.00'), '"0.00" is no factor'],
    ['a factor that is no number', () => d.times(shop.loyalty, '1e' as never), 'is no factor'],
    ['a zone with summer time', () => d.inZone(shop.created_at, 'Europe/Berlin'), 'is no zone'],
    ['a word that says yes and no', () => d.truth(shop.state, { yes: ['x'], no: ['x'] }), 'both yes and no'],
    ['no word for no', () => d.truth(shop.state, { yes: ['x'], no: [] }), 'no word for no'],
    ['a part that goes nowhere', () => declared({ state: state(status.state), active: d.boolean(status.active) }), 'part level goes into no column'],
    ['a part that goes into two columns', () => declared({ a: d.text(status.state), b: d.text(status.state), c: d.boolean(status.active), d: d.integer(status.level) }), 'goes into two columns'],
    ['a part that the column cannot hold', () => declared({ a: d.integer(status.state as never), c: d.boolean(status.active), d: d.integer(status.level) }), '"lead", which crm_people.status says, is no integer'],
    ['a part that is no word of the column', () => declared({ a: d.words({ lead: [], lost: [] })(status.state as never), c: d.boolean(status.active), d: d.integer(status.level) }), 'is no word (lead, lost)'],
    ['a split column with another home', () => declared({ a: d.text(status.state), c: d.boolean(status.active), d: d.integer(status.level), e: d.text(crm.status) }), 'goes into'],
    ['a word that says nothing', () => d.splits(crm.status, { x: { a: null } }), 'says nothing'],
    ['no words', () => d.splits(crm.status, {}), 'split into nothing'],
    ['cases of two columns', () => d.when(shop.state, { x: shop.city }, shop.zip), 'names shop_customers.city and shop_customers.zip'],
    ['a choice by another row', () => d.when(crm.status, { x: shop.city }, shop.city), 'not of one row'],
    ['a choice by itself', () => d.when(shop.city, { x: shop.city }), 'chooses how itself'],
    ['no cases', () => d.when(shop.city, {}), 'has no cases'],
    ['a case that is computed', () => d.when(shop.state, { x: d.computed<string>(shop, 'city') }), 'no plain conversion'],
    ['a default of what is computed', () => d.unlessIs(d.computed<string>(shop, 'city'), 'x'), 'worked out by the server'],
    ['a default of a part', () => d.unlessIs(status.state, 'lead'), 'a part of a word'],
    ['a default beside a column of its own', () => declared({ a: d.text(shop.city).else(d.unlessIs(crm.town, 'x')) }), 'a default left out'],
    ['nulls that count beside a constant', () => declared({ a: d.text(shop.city).nullsCount.else('x') }), 'would take their place'],
    ['nulls that count in what is filled', () => declared({ a: d.filled(d.text(shop.city)).nullsCount }), 'counts nulls'],
    ['blanks of a number', () => declared({ a: d.integer(shop.loyalty).blankIsNone }), 'no texts'],
    ['columns together, one of which counts nulls', () => declared({ ...d.together({ a: d.text(shop.city).nullsCount, b: d.text(shop.zip) }) }), 'survive together'],
    ['two sources of one prefix', () => declared({}, [d.source<Shop>('a', { identity: ['id'], prefix: 'p' }), d.source<Crm>('b', { identity: ['ref'], prefix: 'p' })]), 'could not be told apart'],
    ['a prefix that goes on with a dot', () => declared({}, [d.source<Shop>('a', { identity: ['id'] }), d.source<Crm>('a.b', { identity: ['ref'] })]), 'could not be told apart'],
  ])('is refused: %s', (_what, declare, message) => {
    expect(declare).toThrow(expect.objectContaining({ code: 'bad-declaration' }));
    expect(declare).toThrow(message);
  }); // biome-ignore format: a table
});
