import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { rememberedHome } from './home.js';
import { MARKER } from './objects.js';

/**
 * Whether the ledger's tables are here under other oids than it remembers: the database was dumped and restored, or
 * cloned row by row. A table that is simply gone strands nobody.
 */
export async function isStranded(session: Session, schema: string): Promise<boolean> {
  return (await session.one(`select ${STRANDED}::text as stranded`, [schema])).stranded === 'true';
}

const named = (oid: string, home: string, name: string) =>
  `exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${home} and c.relname = ${name} and ${oid})`;

const STRANDED = `(exists (
       select from drydock.objects o join drydock.phases p on p.id = o.phase_id
       where p.schema_name = $1::text and o.kind in ('table', 'sequence')
         and not ${named('c.oid = o.oid', 'o.schema_name', 'o.name')}
         and ${named(`c.relkind in ('r', 'p', 'S') and obj_description(c.oid, 'pg_class') = '${MARKER}'`, 'o.schema_name', 'o.name')}
     ) or exists (
       select from drydock.moved_tables m join drydock.phases p on p.id = m.phase_id
       where p.schema_name = $1::text and not m.dropped
         and not ${named('c.oid = m.oid', 'm.moved_to', 'm.table_name')}
         and ${named(`c.relkind in ('r', 'p')`, 'm.moved_to', 'm.table_name')}
     ))`;

/** A schema of the ledger and what it is called now, where `$1` is one of both. */
const RENAMED = `select p.schema_name as was, n.nspname as now
     from drydock.phases p join drydock.objects o on o.phase_id = p.id and o.kind = 'table'
     join pg_class c on c.relname = o.name and (c.oid = o.oid or obj_description(c.oid, 'pg_class') = '${MARKER}')
     join pg_namespace n on n.oid = c.relnamespace
     where $1::text in (p.schema_name, n.nspname) and o.schema_name = p.schema_name and n.nspname <> p.schema_name
       and not exists (select from pg_class x join pg_namespace y on y.oid = x.relnamespace where y.nspname = o.schema_name and x.relname = o.name)
       and not exists (select from drydock.objects k where k.schema_name = n.nspname and k.name = c.relname) limit 1`;

/**
 * Refuses a schema that was renamed, and a copy that was not adopted.
 *
 * @param copies `refused`: for what rests on the oids of the ledger
 * @throws DrydockError `schema-renamed`, `needs-adoption`
 */
export async function requireAtHome(
  session: Session,
  schema: string,
  copies: 'refused' | 'welcome',
): Promise<void> {
  const { was, now, stranded } = await session.one(
    `select r.was, r.now, ${STRANDED}::text as stranded from (select) x left join lateral (${RENAMED}) r on true`,
    [schema],
  );
  if (was != null && now != null) throw schemaRenamed(was, now);
  if (copies === 'refused' && stranded === 'true') throw needsAdoption(await rememberedHome(session));
}

function schemaRenamed(was: string, now: string): DrydockError {
  return new DrydockError({
    code: 'schema-renamed',
    what: `The ledger knows schema "${was}", which is called "${now}" now: its views, functions and triggers name it by its old name.`,
    state: 'Nothing was done.',
    next: `Give it its name back: alter schema ${JSON.stringify(now)} rename to ${JSON.stringify(was)}.`,
  });
}

/** In one sentence, that this is a copy and what it needs. */
function needsAdoption(home: { readonly database: string } | null): DrydockError {
  return new DrydockError({
    code: 'needs-adoption',
    what: `This database is a copy${home === null ? '' : ` of database "${home.database}"`}: the tables of the ledger are here, under other object ids than it remembers.`,
    state: 'Nothing was done; the database that it was copied from is not concerned.',
    next: 'Run: drydock adopt --dry-run, then drydock adopt. It finds everything again by name, and drops nothing.',
  });
}
