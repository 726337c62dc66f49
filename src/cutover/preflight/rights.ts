import { counted } from '../../format/format.js';
import { AS_OWNER, readingWarning } from '../../legacy/reading-advice.js';
import { triggerMakers, untrustedWhenRead, untrustedWhenWritten } from '../../legacy/untrusted-code.js';
import { needsOwnersRights, readTrimmings } from '../../old-names/trimmings.js';
import { canBecome, executorOf, readExecutors } from '../reverse/executors.js';
import { type Check, carried, nameOf, stops, warned } from './findings.js';

/** Views with the rights of their reader came with this version. */
const SECURITY_INVOKER_SINCE = 150_000;

/** Only an owner moves a table, and the view is to belong to whom the table belongs to. */
export const owners: Check = async ({ session, oids, serverVersion }) => {
  const rows = await session.query(
    `select format('%I.%I', n.nspname, c.relname) as name, n.nspname as home, pg_get_userbyid(c.relowner) as owner,
       pg_has_role(current_user, c.relowner, 'usage')::text as is_ours,
       has_schema_privilege(current_user, n.oid, 'create')::text as can_create,
       ((select rolsuper from pg_roles where rolname = current_user)
         or c.relowner = (select oid from pg_roles where rolname = current_user)
         or has_schema_privilege(c.relowner, n.oid, 'create'))::text as can_give,
       ${canBecome('c.relowner', serverVersion)}::text as can_become,
       has_database_privilege(current_database(), 'create')::text as can_create_schema, current_user as me
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = any ($1::text::oid[]) order by 1`,
    [oids],
  );
  return rows.map((row) => {
    const name = String(row.name);
    if (row.is_ours !== 'true') {
      return stops(
        'owner',
        name,
        `It belongs to ${row.owner}; only its owner may move it, and ${row.me} is not a member of that role, or does not inherit its rights.`,
        `Connect as ${row.owner} or as a superuser.`,
      );
    }
    if (row.can_become !== 'true') {
      return stops(
        'owner',
        name,
        `Its view is to belong to ${row.owner}, as it does, and ${row.me} may not give anything to that role: it is a member without the option to become it (set role).`,
        `grant "${row.owner}" to "${row.me}" with set true, or connect as a superuser.`,
      );
    }
    if (row.can_create !== 'true' || row.can_create_schema !== 'true') {
      return stops(
        'missing-privilege',
        name,
        `${row.me} may not create ${row.can_create === 'true' ? 'schemas in this database' : `views in schema ${row.home}`}.`,
        row.can_create === 'true'
          ? `grant create on database ... to "${row.me}"`
          : `grant create on schema "${row.home}" to "${row.me}"`,
      );
    }
    if (row.can_give !== 'true') {
      return stops(
        'owner',
        name,
        `Its owner ${row.owner} may not own a view in schema ${row.home}: it has no right to create there.`,
        `grant create on schema "${row.home}" to "${row.owner}" for the time of the cutover, or connect as a superuser.`,
      );
    }
    return carried('owner', name, `The view will belong to ${row.owner}, as the table does.`);
  });
};

/** Grants stay on the table, and are given on the view. */
export const grants: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select c.oid::regclass::text as name,
       coalesce((select count(*) from aclexplode(c.relacl) a where a.grantee <> c.relowner), 0) as on_table,
       (select count(*) from pg_attribute t cross join lateral aclexplode(t.attacl) a where t.attrelid = c.oid) as on_columns
     from pg_class c where c.oid = any ($1::text::oid[]) order by 1`,
    [oids],
  );
  return rows.map((row) =>
    carried(
      'grants',
      String(row.name),
      Number(row.on_table) + Number(row.on_columns) === 0
        ? 'Only its owner has rights on it; so it is with the view.'
        : `${counted(Number(row.on_table), 'grant')} on the table and ${row.on_columns} on its columns stay, and the view gets the same.`,
    ),
  );
};

/**
 * What hangs on the tables is code of their owners, or of others. It runs with the rights of a table's owner when somebody
 * writes to the unified tables, and with our own when we read. Functions change later: this is advice.
 */
export const untrustedCode: Check = async ({ session, tables }) => {
  const executors = await readExecutors(session, tables);
  const users = tables.map(({ oid }) => ({ oid, role: executorOf(executors, { oid }).role }));
  const written = await untrustedWhenWritten(session, users);
  const makers = await triggerMakers(session, users);
  const read = await untrustedWhenRead(session, tables);
  return [
    ...written.map(({ table, kind, name, called, coder, runner }) =>
      warned(
        'untrusted-code',
        `${table}.${name}`,
        `This ${kind} has ${called} run with the rights of ${runner} when somebody writes to the unified tables, and ${coder} can change it at any time.`,
        `alter function ${called} owner to "${runner}", if it is to be trusted; else take it off the table.`,
      ),
    ),
    ...makers.map(({ table, coder, runner }) =>
      warned(
        'untrusted-trigger-right',
        table,
        `${coder ?? 'Everybody'} may put triggers on it, which run with the rights of ${runner} when somebody writes to the unified tables.`,
        `revoke trigger on ${table} from ${coder === null ? 'public' : `"${coder}"`}`,
      ),
    ),
    ...read.map((code) =>
      warned('untrusted-reading', `${code.table}.${code.name}`, readingWarning(code), AS_OWNER),
    ),
  ];
};

/** The owner of a table with policies that hold for him too sees a part of it, and might write back less than there is. */
export const forcedRowSecurity: Check = async ({ session, tables, oids }) => {
  const rows = await session.query(
    'select oid::text as oid from pg_class where oid = any ($1::text::oid[]) and relforcerowsecurity order by 1',
    [oids],
  );
  return rows.map((row) => {
    const table = tables.find(({ oid }) => oid === row.oid);
    return stops(
      'forced-row-security',
      table === undefined ? String(row.oid) : nameOf(table),
      'Its policies hold for its owner too (force row level security). What is written to the unified tables reaches it with the rights of the owner, who has to see all of it.',
      'alter table ... no force row level security',
    );
  });
};

/** An owner may have taken rights on his table from himself. */
export const ownersRights: Check = async ({ session, tables }) => {
  const executors = await readExecutors(session, tables);
  const found = [];
  for (const table of tables) {
    const { role } = executorOf(executors, table);
    const { missing } = await session.one(
      `select string_agg(p.right, ', ') as missing from unnest(array['select', 'insert', 'update', 'delete']) p ("right")
       where not has_table_privilege($1::text::name, $2::text::oid, p.right)`,
      [role, table.oid],
    );
    if (missing === null || missing === undefined) continue;
    found.push(
      stops(
        'owner',
        nameOf(table),
        `What is written to the unified tables reaches it with the rights of ${role}, who may not ${missing} there.`,
        `grant ${missing} on the table to "${role}"`,
      ),
    );
  }
  return found;
};

/** Policies hold for the reader of a view only where the view reads with its reader's rights. */
export const rowSecurity: Check = async ({ session, oids, tables, serverVersion }) => {
  const rows = await session.query(
    `select c.oid::text as oid, c.relrowsecurity::text as enabled, count(p.oid)::text as policies
     from pg_class c left join pg_policy p on p.polrelid = c.oid
     where c.oid = any ($1::text::oid[]) group by c.oid, c.relrowsecurity
     having c.relrowsecurity or count(p.oid) > 0`,
    [oids],
  );
  return rows.map((row) => {
    const table = tables.find(({ oid }) => oid === row.oid);
    const name = table === undefined ? String(row.oid) : nameOf(table);
    if (serverVersion >= SECURITY_INVOKER_SINCE) {
      return carried(
        'row-level-security',
        name,
        `${row.policies} policies stay on the table; the view reads and writes with the rights of whoever uses it (security_invoker).`,
      );
    }
    return stops(
      'row-level-security',
      name,
      'A view of PostgreSQL 14 reads with the rights of its owner: everybody would see and write the rows of everybody.',
      'Move the server to version 15 or newer first, or take the policies off the table.',
    );
  });
};

/** Rights to read some columns only hold on a view with its owner's rights, and policies do not. */
export const columnRights: Check = async ({ session, tables, serverVersion }) => {
  if (serverVersion < SECURITY_INVOKER_SINCE) return [];
  const trimmings = await readTrimmings(session, tables);
  const found = [];
  for (const table of tables) {
    const own = trimmings.get(table.oid);
    if (own === undefined || !needsOwnersRights(own)) continue;
    const { secured } = await session.one(
      'select relrowsecurity::text as secured from pg_class where oid = $1::text::oid',
      [table.oid],
    );
    found.push(
      secured === 'true'
        ? stops(
            'column-rights',
            nameOf(table),
            'A role may read some of its columns only, and it has row-level security. A view can keep one of the two: with the rights of its reader it wants the right to all columns, with those of its owner it knows no policies.',
            'Grant select on the whole table to that role, or give it a view of its own.',
          )
        : warned(
            'column-rights',
            nameOf(table),
            'A role may read some of its columns only. The view has the rights of its owner, so that this holds; policies that are put on the moved table later would not.',
            'Put no policies on drydock_legacy while the phase is cut over.',
          ),
    );
  }
  return found;
};

/** On servers without security_invoker the owner's rights are used, also in functions that the table calls. */
export const viewRights: Check = async ({ tables, serverVersion }) =>
  serverVersion >= SECURITY_INVOKER_SINCE
    ? []
    : [
        warned(
          'view-rights',
          tables.map(nameOf).join(', '),
          'On PostgreSQL 14 a view uses its table with the rights of its owner; who may use the view is granted as before.',
          '',
        ),
      ];
