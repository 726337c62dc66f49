import { LEGACY_SCHEMA } from '../../legacy/moved.js';
import type { CutoverFinding } from '../../reports/cutover.js';
import { LEGACY } from '../legacy-schema.js';
import { isOurs } from '../private-schema.js';
import { FUNCTIONS } from '../reverse/functions-schema.js';
import { type Check, carried, stops } from './findings.js';

/** The schema of the functions that belong to owners of the tables: ours, or not there yet. */
export const functionsSchema: Check = async ({ session }) =>
  (await isOurs(session, FUNCTIONS)) ? [] : [notOurs(FUNCTIONS.name)];

function notOurs(schema: string): CutoverFinding {
  return stops(
    'schema',
    schema,
    'There is a schema of this name that Drydock did not make, or that belongs to a role which may not act for this user.',
    'Rename or drop it; or, where Drydock made it as another user, connect as that user.',
  );
}

/** The schema that takes the tables: ours, and free of the names that they bring. */
export const legacySchema: Check = async ({ session, oids }) => {
  const [schema] = await session.query('select from pg_namespace where nspname = $1::text', [LEGACY_SCHEMA]);
  if (schema === undefined) {
    return [
      carried(
        'schema',
        LEGACY_SCHEMA,
        'It is made by the cutover; nobody but the owners of the tables may use it.',
      ),
    ];
  }
  if (!(await isOurs(session, LEGACY))) return [notOurs(LEGACY_SCHEMA)];
  const taken = await session.query(
    `with moving as (
       select c.relname as name from pg_class c where c.oid = any ($1::text::oid[])
       union
       select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = any ($1::text::oid[])
       union
       select s.relname from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
       where d.refobjid = any ($1::text::oid[]) and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
     )
     select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $2::text and c.relname in (select name from moving) and c.oid <> all ($1::text::oid[]) order by 1`,
    [oids, LEGACY_SCHEMA],
  );
  return taken.map((row) =>
    stops(
      'name-taken',
      `${LEGACY_SCHEMA}.${row.name}`,
      'Something of this name is there already: tables of another schema, probably, that was cut over before.',
      'Complete that cutover with --drop-legacy, or rename the index or table.',
    ),
  );
};
