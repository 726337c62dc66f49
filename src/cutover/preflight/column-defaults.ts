import { type Check, warned } from './findings.js';

/** Identity and generated columns are of a table alone: a view takes their values, and cannot be asked for them. */
export const columnDefaults: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select a.attrelid::regclass || '.' || quote_ident(a.attname) as name, (a.attidentity <> '')::text as identity
     from pg_attribute a where a.attrelid = any ($1::text::oid[]) and a.attnum > 0 and not a.attisdropped
       and (a.attidentity <> '' or a.attgenerated <> '') order by 1`,
    [oids],
  );
  return rows.map(({ name, identity }) => {
    const kind = identity === 'true' ? 'an identity' : 'a generated';
    return warned(
      'column-default',
      String(name),
      `It is ${kind} column: inserts get its value as before, but update ... set it = default fails on the view, and create table ... (like ...) does not take it along.`,
      'Have such statements leave the column out; or name drydock_legacy.',
    );
  });
};
