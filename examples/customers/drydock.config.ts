import { defineConfig } from 'pg-drydock';
import * as d from 'pg-drydock/declare';

interface ShopCustomer {
  id: number;
  email: string | null;
  full_name: string;
  phone: string;
  city: string | null;
  zip: string | null;
  loyalty: number | null;
  state: string;
  tax_id: string | null;
  newsletter: boolean;
  note: string | null;
  created_at: Date;
  updated_at: Date | null;
}

interface CrmPerson {
  ref: string;
  shop_id: number | null;
  mail: string | null;
  name: string;
  mobile: string | null;
  town: string | null;
  postcode: string | null;
  score: number | null;
  status: string | null;
  vat: string | null;
  tags: string[] | null;
  imported_at: Date;
  changed_at: Date | null;
}

// 127 people share this mail: it says nothing about who somebody is.
const mail = d.email.none(['info@agency.example']);
// Blanks and dashes have no digits, and give no key; a single zero is a placeholder.
const phone = d.digits.none(['0']);

const shop = d.source<ShopCustomer>('shop_customers', {
  identity: ['id'],
  match: [d.same(mail, 'email'), d.same(phone, 'phone')],
  times: { created: ['created_at'], updated: ['updated_at'] },
  prefix: 'shop',
});

const crm = d.source<CrmPerson>('crm_people', {
  identity: ['ref'],
  match: [d.via(shop, 'shop_id'), d.same(mail, 'mail'), d.same(phone, 'mobile')],
  times: { created: ['imported_at'], updated: ['changed_at'] },
  prefix: 'crm',
});

const state = d.words({
  lead: 'Lead lead LEAD',
  customer: 'Customer active',
  gone: 'churned deleted',
});

const customers = d.consolidation('customers', {
  into: 'customers',
  sources: [shop, crm],
  columns: {
    name: d.newest(d.text(shop.full_name, crm.name)),
    email: d.newest(d.text(shop.email, crm.mail)),
    phone: d.text(shop.phone, crm.mobile),
    ...d.together({ city: d.text(shop.city, crm.town), zip: d.text(shop.zip, crm.postcode) }),
    loyalty: d.score(d.unit(shop.loyalty), d.percent(crm.score)),
    state: state(shop.state, state.from(crm.status, { gone: 'deleted' })).else('lead'),
    created_at: d.earliest,
    updated_at: d.latest,
  },
  // Two tax numbers are two people, whatever mail they share.
  veto: d.differs(d.folded, shop.tax_id, crm.vat),
});

export default defineConfig({ consolidations: [customers] });
