import { propertyGraphOf } from '../../legacy/newer-catalog.js';
import { type Check, carried, stops, warned } from './findings.js';

/** Foreign keys of other tables: they name the table by its oid. */
export const foreignKeysOfOthers: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select c.conrelid::regclass::text as source, c.conname as name, c.confrelid::regclass::text as target
     from pg_constraint c
     where c.contype = 'f' and c.confrelid = any ($1::text::oid[]) and c.conrelid <> all ($1::text::oid[])
       and c.conparentid = 0
     order by 1, 2`,
    [oids],
  );
  return rows.map((row) =>
    carried(
      'foreign-key',
      `${row.source}.${row.name}`,
      `It follows ${row.target} by its oid, and stays valid: the moved table stays complete.`,
    ),
  );
};

/** Views and materialized views over the tables, whoever made them. */
export const dependentViews: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select distinct c.oid::regclass::text as name, c.relkind::text as kind
     from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class
     where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
       and d.refobjid = any ($1::text::oid[]) and c.oid <> all ($1::text::oid[])
     order by 1`,
    [oids],
  );
  return rows.map((row) =>
    carried(
      row.kind === 'm' ? 'materialized-view' : 'view',
      String(row.name),
      row.kind === 'm'
        ? 'It reads the moved table by its oid; refresh works as before.'
        : 'It reads the moved table by its oid, with the rights that it has.',
    ),
  );
};

/** Property graphs over the tables, which came with version 19. */
export const propertyGraphs: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select distinct x.name from (
       select ${propertyGraphOf('d')} as name from pg_depend d
       where d.refclassid = 'pg_class'::regclass and d.refobjid = any ($1::text::oid[])) x
     where x.name is not null order by 1`,
    [oids],
  );
  return rows.map((row) =>
    warned(
      'property-graph',
      String(row.name),
      'It reads the moved table by its oid: after a completion it reads what nobody writes any more.',
      'Make it again over the views of the old names, or over the unified tables, before the completion.',
    ),
  );
};

/** Functions that take a row of the table: the rows of the view are of another type. */
export const rowTypeFunctions: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select p.oid::regprocedure::text as name, t.typname as type
     from pg_class c join pg_type t on t.oid = c.reltype join pg_proc p on t.oid = any (p.proargtypes::oid[])
     where c.oid = any ($1::text::oid[]) order by 1`,
    [oids],
  );
  return rows.map((row) =>
    stops(
      'row-type-function',
      String(row.name),
      `It takes a row of type ${row.type}. That type moves with the table; a row of the view is of another one, and ` +
        'the function is not found for it (a computed column of PostgREST, for one).',
      'Drop the function, cut over, and create it again: its argument is then the row of the view.',
    ),
  );
};

/** Parents and children: they are attached by oid. */
export const inheritance: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select inhrelid::regclass::text as child, inhparent::regclass::text as parent
     from pg_inherits where inhrelid = any ($1::text::oid[]) or inhparent = any ($1::text::oid[]) order by 1, 2`,
    [oids],
  );
  return rows.map((row) =>
    carried(
      'inheritance',
      `${row.child} of ${row.parent}`,
      'They stay attached; only the legacy table itself moves.',
    ),
  );
};
