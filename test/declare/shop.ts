import * as d from '../../src/declare.js';

/** The two tables of customers that most tests of declarations are about. */
export interface Shop {
  id: number;
  email: string | null;
  full_name: string;
  city: string | null;
  zip: string | null;
  loyalty: number | null;
  state: string;
  created_at: Date;
  updated_at: Date | null;
}

export interface Crm {
  ref: string;
  shop_id: number | null;
  mail: string | null;
  name: string;
  town: string | null;
  postcode: string | null;
  score: number | null;
  status: string | null;
  vat: string | null;
  imported_at: Date;
  changed_at: Date | null;
}

export const shop = d.source<Shop>('shop_customers', {
  identity: ['id'],
  match: [d.same(d.email, 'email')],
  times: { created: ['created_at'], updated: ['updated_at'] },
  prefix: 'shop',
  optional: true,
});

export const crm = d.source<Crm>('crm_people', {
  identity: ['ref'],
  match: [d.via(shop, 'shop_id'), d.same(d.email, 'mail')],
  times: { created: ['imported_at'], updated: ['changed_at'] },
  prefix: 'crm',
});

export const state = d.words({
  lead: 'Lead lead LEAD',
  customer: 'Customer active',
  gone: 'churned deleted',
});

export const customers = d.consolidation('customers', {
  into: 'customers_unified',
  sources: [shop, crm],
  columns: {
    name: d.newest(d.text(shop.full_name, crm.name)),
    email: d.newest(d.text(shop.email, crm.mail)),
    ...d.together({ city: d.text(shop.city, crm.town), zip: d.text(shop.zip, crm.postcode) }),
    loyalty: d.score(d.unit(shop.loyalty), d.percent(crm.score)),
    state: state(shop.state, state.from(crm.status, { gone: 'churned' })).else('lead'),
    created_at: d.earliest,
    updated_at: d.latest,
  },
});
