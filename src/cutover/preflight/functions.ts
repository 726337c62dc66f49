import { FUNCTIONS_SCHEMA, LEGACY_SCHEMA } from '../../legacy/moved.js';
import { type Check, carried, nameOf, warned } from './findings.js';

/** What a function may do with a table and not with a view, as a pattern behind which the name stands. */
const NOT_WITH_A_VIEW = [
  ['truncate', String.raw`truncate\s+(table\s+)?(only\s+)?`, 'a view cannot be truncated'],
  [
    'alter',
    String.raw`alter\s+table\s+(if\s+exists\s+)?(only\s+)?`,
    'the table itself is in drydock_legacy now',
  ],
  ['copy', String.raw`copy\s+`, 'COPY does not write into a view, and reads from one only as a query'],
  ['vacuum', String.raw`(vacuum|analyze|cluster|reindex\s+table)\s+(\([^)]*\)\s*)?`, 'a view has no storage'],
] as const;

const NAME = String.raw`("?\w+"?\s*\.\s*)?"?`;

/** Functions that name the tables in their text: it is looked up when they run, and finds the view. */
export const functionsNamingTables: Check = async ({ session, tables }) => {
  const found = [];
  for (const table of tables) {
    const rows = await session.query(
      `select p.oid::regprocedure::text as name, p.prosrc as source
       from pg_proc p join pg_language l on l.oid = p.prolang
       where l.lanname not in ('internal', 'c') and p.prosqlbody is null and p.prosrc ~* ('\\m' || $1::text || '\\M')
         and not exists (
           select from pg_namespace n where n.oid = p.pronamespace
             and n.nspname in ('drydock', '${FUNCTIONS_SCHEMA}', 'pg_catalog', 'information_schema')
         )
         and not exists (
           select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e'
         )
       order by 1`,
      [table.name],
    );
    for (const row of rows) {
      const source = String(row.source);
      const trouble = NOT_WITH_A_VIEW.filter(([, pattern]) =>
        new RegExp(`\\b${pattern}${NAME}${table.name}\\b`, 'i').test(source),
      );
      const why = `It names ${nameOf(table)} in its text and finds the view when it runs`;
      if (trouble.length === 0) found.push(carried('function', String(row.name), `${why}.`));
      for (const [word, , reason] of trouble) {
        found.push(
          warned(
            'function-statement',
            String(row.name),
            `${why}, and ${word} does not work on it: ${reason}.`,
            `Have it name ${LEGACY_SCHEMA}.${table.name}, or write it another way.`,
          ),
        );
      }
    }
  }
  return found;
};

/** Functions whose body was parsed when they were made: they name the table by its oid. */
export const parsedFunctions: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select distinct d.objid::regprocedure::text as name from pg_depend d
     where d.classid = 'pg_proc'::regclass and d.refclassid = 'pg_class'::regclass
       and d.refobjid = any ($1::text::oid[]) order by 1`,
    [oids],
  );
  return rows.map((row) =>
    carried('function', String(row.name), 'Its parsed body reads the moved table by its oid.'),
  );
};
