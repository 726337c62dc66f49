import { z } from 'zod';
import type { Session } from '../../db/session.js';
import type { Needed } from './dependencies.js';
import {
  catalogDocument,
  type RoutineDefinition,
  type SequenceDefinition,
  type TypeDefinition,
} from './document.js';
import { afterHead, askUnderPath, collationSql, grantsSql } from './under-path.js';

const list = (oids: readonly string[]): string => `{${oids.join(',')}}`;

const IN_ORDER = (oid: string) =>
  `where ${oid} = any ($2::text::oid[]) order by array_position($2::text::oid[], ${oid})`;

const TYPES = `json_build_object(
    'order', array_position($3::text::oid[], t.oid), 'schema', n.nspname, 'name', t.typname, 'owner', pg_get_userbyid(t.typowner),
    'kind', case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'c' then 'composite' end,
    'grants', ${grantsSql(`coalesce(t.typacl, acldefault('T', t.typowner))`)},
    'comment', case when t.typtype = 'c' then coalesce(obj_description(t.oid, 'pg_type'), obj_description(t.typrelid, 'pg_class')) else obj_description(t.oid, 'pg_type') end,
    'labels', coalesce((select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), '[]'),
    'base', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) || case when t.typcollation <> b.typcollation then
      (select format(' collate %I.%I', cn.nspname, co.collname) from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = t.typcollation) else '' end end,
    'default', case when t.typtype = 'd' then coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)) end,
    'constraints', coalesce((select json_agg(json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid), 'comment', obj_description(k.oid, 'pg_constraint')) order by k.contype, k.conname)
      from pg_constraint k where k.contypid = t.oid and k.contype in ('c', 'n')), '[]')::jsonb
      || case when t.typnotnull and not exists (select from pg_constraint k where k.contypid = t.oid and k.contype = 'n')
        then '[{"name": "", "definition": "NOT NULL"}]' else '[]' end::jsonb,
    'attributes', coalesce((select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
        'collation', ${collationSql('a.attcollation', 'y.typcollation')}, 'comment', col_description(a.attrelid, a.attnum)) order by a.attnum)
      from pg_attribute a join pg_type y on y.oid = a.atttypid where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '[]')
  )::text as document
  from path cross join pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_type b on b.oid = t.typbasetype
  ${IN_ORDER('t.oid')}`;

/** Enums, domains and composite types. */
export async function readTypes(
  session: Session,
  path: string,
  needed: Pick<Needed, 'types' | 'order'>,
): Promise<TypeDefinition[]> {
  const documents = await askUnderPath(session, path, TYPES, [list(needed.types), list(needed.order)]);
  return z.array(catalogDocument.shape.types.element).parse(documents);
}

const ROUTINE_HEAD = `format('CREATE OR REPLACE %s %I.%I', case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end, n.nspname, p.proname)`;

const ROUTINES = `json_build_object(
    'order', array_position($3::text::oid[], p.oid), 'schema', n.nspname, 'name', p.proname, 'owner', pg_get_userbyid(p.proowner),
    'kind', case p.prokind when 'p' then 'procedure' else 'function' end,
    'grants', ${grantsSql(`coalesce(p.proacl, acldefault('f', p.proowner))`)},
    'comment', obj_description(p.oid, 'pg_proc'), 'arguments', pg_get_function_identity_arguments(p.oid),
    'definition', ${afterHead('pg_get_functiondef(p.oid)', ROUTINE_HEAD)},
    'afterTables', exists (
      select from pg_depend d left join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
      left join pg_type e on e.oid = t.typelem
      join pg_class x on x.oid = case when d.refclassid = 'pg_class'::regclass then d.refobjid else coalesce(nullif(t.typrelid, 0), e.typrelid) end
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and x.relkind in ('r', 'p'))
  )::text as document
  from path cross join pg_proc p join pg_namespace n on n.oid = p.pronamespace ${IN_ORDER('p.oid')}`;

/** Functions and procedures. */
export async function readRoutines(
  session: Session,
  path: string,
  needed: Pick<Needed, 'routines' | 'order'>,
): Promise<RoutineDefinition[]> {
  const documents = await askUnderPath(session, path, ROUTINES, [list(needed.routines), list(needed.order)]);
  return z.array(catalogDocument.shape.routines.element).parse(documents);
}

const SEQUENCES = `json_build_object(
    'schema', n.nspname, 'name', c.relname, 'owner', pg_get_userbyid(c.relowner),
    'grants', ${grantsSql(`coalesce(c.relacl, acldefault('s', c.relowner))`)},
    'comment', obj_description(c.oid, 'pg_class'), 'type', format_type(s.seqtypid, null), 'start', s.seqstart::text,
    'increment', s.seqincrement::text, 'min', s.seqmin::text, 'max', s.seqmax::text, 'cache', s.seqcache::text,
    'cycle', s.seqcycle, 'persistence', c.relpersistence, 'identity', coalesce(d.deptype = 'i', false),
    'ownedBy', case when d.objid is not null then json_build_object('schema', tn.nspname, 'table', t.relname, 'column', a.attname) end,
    'lastValue', v.last_value::text, 'isCalled', v.is_called
  )::text as document
  from path cross join pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass
    and d.refobjsubid > 0 and d.deptype in ('a', 'i')
  left join pg_class t on t.oid = d.refobjid left join pg_namespace tn on tn.oid = t.relnamespace
  left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  cross join VALUES_OF v where c.oid = $2::text::oid`;

/** Sequences, with the values that they stand at now: a sequence knows no snapshots, and only goes forward. */
export async function readSequences(
  session: Session,
  path: string,
  oids: readonly string[],
): Promise<SequenceDefinition[]> {
  const found: unknown[] = [];
  for (const oid of oids) {
    const { name } = await session.one(
      `select format('%I.%I', n.nspname, c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1::text::oid`,
      [oid],
    );
    found.push(
      ...(await askUnderPath(
        session,
        path,
        SEQUENCES.replace('VALUES_OF', () => String(name)),
        [oid],
      )),
    );
  }
  return z.array(catalogDocument.shape.sequences.element).parse(found);
}
