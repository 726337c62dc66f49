import type pg from 'pg';

/**
 * Makes the schema `evil` with an impostor of nearly everything in pg_catalog: functions and operators with the very
 * same arguments, which raise an error when called, empty views in the place of tables, domains in the place of types.
 * Left out are those whose arguments no language of ours can take.
 *
 * @returns how many impostors there are
 */
export async function createImpostors(client: pg.Client): Promise<number> {
  await client.query(`
    create schema evil;
    create function evil.impostor() returns int language plpgsql as $$ begin raise exception 'an impostor was called'; end $$`);
  const { rows } = await client.query<{ statement: string }>(IMPOSTORS);
  await client.query(rows.map(({ statement }) => statement).join(';\n'));
  return rows.length;
}

/** `t` may stand among the arguments of an SQL function. */
const takes = (t: string) =>
  `(select typtype in ('b', 'c', 'd', 'e', 'r', 'm') from pg_type where oid = ${t})`;

const SHAPE = `returns int language sql as 'select evil.impostor()'`;

const IMPOSTORS = `
  select format('create function evil.%I(%s) ${SHAPE.replaceAll("'", "''")}', proname, arguments) as statement
    from (select distinct proname, (select coalesce(string_agg('pg_catalog.' || quote_ident(typname), ', ' order by n), '')
                                      from unnest(proargtypes) with ordinality a (type, n) join pg_type on pg_type.oid = type) as arguments
            from pg_proc
           where pronamespace = 'pg_catalog'::regnamespace
             and not exists (select from unnest(proargtypes) type where not ${takes('type')})) f
  union all
  select format('create function evil.operator_%s(%s) ${SHAPE.replaceAll("'", "''")};
                 create operator evil.%s (%s function = evil.operator_%1$s)', oid,
                case when oprleft <> 0 then format_type(oprleft, null) || ', ' else '' end || format_type(oprright, null), oprname,
                case when oprleft <> 0 then 'leftarg = ' || format_type(oprleft, null) || ', ' else '' end
                  || 'rightarg = ' || format_type(oprright, null) || ',')
    from pg_operator
   where oprnamespace = 'pg_catalog'::regnamespace and oprright <> 0 and ${takes('oprright')}
     and (oprleft = 0 or ${takes('oprleft')})
  union all
  select format('create view evil.%I as select 1 as impostor where false', relname)
    from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'v')
  union all
  select format('create domain evil.%I as pg_catalog.text', typname)
    from pg_type where typnamespace = 'pg_catalog'::regnamespace and typtype = 'b' and typelem = 0`;
