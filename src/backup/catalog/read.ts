import { z } from 'zod';
import type { Session } from '../../db/session.js';
import { MARKER } from '../../ledger/objects.js';
import { LEDGER_SCHEMA } from '../../ledger/schema.js';
import { isException, propertyGraphOf } from '../../legacy/newer-catalog.js';
import { findNeeded } from './dependencies.js';
import { type CatalogDocument, catalogDocument, type SchemaFile } from './document.js';
import { readRoutines, readSequences, readTypes } from './read-needed.js';
import { readTables } from './read-tables.js';
import { askUnderPath, grantsSql, searchPath } from './under-path.js';

const SCHEMAS = `json_build_object('name', n.nspname, 'owner', pg_get_userbyid(n.nspowner),
    'grants', ${grantsSql(`coalesce(n.nspacl, acldefault('n', n.nspowner))`)}, 'comment', obj_description(n.oid, 'pg_namespace')
  )::text as document from path cross join pg_namespace n where n.nspname = any ($2::text[]) order by n.nspname`;

/** What hangs on the tables, and would not be there after they were made again elsewhere. */
const HANGING = `
select 'foreign key ' || quote_ident(k.conname) || ' of table ' || k.conrelid::regclass || ' on ' || k.confrelid::regclass as what
from pg_constraint k where k.contype = 'f' and k.confrelid = any ($1::text::oid[]) and k.conrelid <> all ($1::text::oid[])
union select case v.relkind when 'm' then 'materialized view ' else 'view ' end || v.oid::regclass || ' on ' || d.refobjid::regclass
from pg_depend d join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid join pg_class v on v.oid = w.ev_class
where d.refclassid = 'pg_class'::regclass and d.refobjid = any ($1::text::oid[]) and v.relkind in ('v', 'm')
  and obj_description(v.oid, 'pg_class') is distinct from '${MARKER}'
union select 'rule ' || quote_ident(w.rulename) || ' of ' || w.ev_class::regclass from pg_rewrite w where w.ev_class = any ($1::text::oid[])
union select 'property graph ' || x.name || ' on ' || x.relation from (
  select ${propertyGraphOf('d')} as name, d.refobjid::regclass as relation from pg_depend d
  where d.refclassid = 'pg_class'::regclass and d.refobjid = any ($1::text::oid[])) x where x.name is not null
union select case when ${isException('r')} then 'exception of publication ' else 'publication ' end || quote_ident(p.pubname) || ' of ' || r.prrelid::regclass
from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where r.prrelid = any ($1::text::oid[])
union select 'index ' || i.indexrelid::regclass || ', which is not valid' from pg_index i where i.indrelid = any ($1::text::oid[]) and not i.indisvalid
union select 'tablespace ' || quote_ident(s.spcname) || ' of ' || c.oid::regclass from pg_class c join pg_tablespace s on s.oid = c.reltablespace
where c.oid = any ($1::text::oid[]) or c.oid in (select i.indexrelid from pg_index i where i.indrelid = any ($1::text::oid[]))
union select 'security label of ' || l.objoid::regclass from pg_seclabel l where l.classoid = 'pg_class'::regclass and l.objoid = any ($1::text::oid[])
order by 1`;

/**
 * Reads everything that is needed to make these tables again. Inside a transaction, whose snapshot it reads.
 *
 * @param further schemas whose names are to stand alone as well in what is read relatively
 */
export async function readSchema(
  session: Session,
  oids: readonly string[],
  further: readonly string[] = [],
): Promise<SchemaFile> {
  const list = `{${oids.join(',')}}`;
  const needed = await findNeeded(session, oids);
  const homes = await session.query(
    `select distinct n.nspname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.oid = any ($1::text::oid[]) order by 1`,
    [list],
  );
  const read = async (schemas: readonly string[]): Promise<CatalogDocument> => {
    const path = searchPath(schemas);
    const types = await readTypes(session, path, needed);
    const routines = (await readRoutines(session, path, needed)).filter(
      (routine) => routine.schema !== LEDGER_SCHEMA,
    );
    const sequences = await readSequences(session, path, needed.sequences);
    const tables = await readTables(session, path, oids);
    const names = new Set([...types, ...routines, ...sequences, ...tables].map(({ schema }) => schema));
    const found = await askUnderPath(session, path, SCHEMAS, [arrayOf([...names])]);
    return {
      schemas: z.array(catalogDocument.shape.schemas.element).parse(found),
      types,
      routines,
      sequences,
      tables,
    };
  };
  return {
    qualified: await read([]),
    relative: await read([...homes.map(({ name }) => String(name)), ...further]),
    extensions: [...needed.extensions],
    notCarried: [
      ...needed.notCarried,
      ...(await session.query(HANGING, [list])).map(({ what }) => String(what)),
    ],
  };
}

/** An array literal of any texts. */
function arrayOf(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
