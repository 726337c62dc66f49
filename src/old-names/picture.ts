import type { Session } from '../db/session.js';
import { readTrimmings, type Trimmings } from './trimmings.js';

/** The view under an old name, as a cutover made it or as it is now. */
export interface Picture {
  readonly trimmings: Trimmings;
  readonly query: string;
  /** What else a view can have: parts with things by name, as `catalogDifferences` compares them. */
  readonly rest: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Without the name in front of its columns, which version 16 prints no more. */
const QUERY = `replace(pg_get_viewdef(v.oid), quote_ident(v.relname) || '.', '')`;

const REST = `
jsonb_build_object(
  'view', jsonb_build_object('options', v.reloptions),
  'columns', (select jsonb_object_agg('column ' || a.attnum, quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod))
    from pg_attribute a where a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped),
  'triggers', (select coalesce(jsonb_object_agg(quote_ident(t.tgname), pg_get_triggerdef(t.oid)), '{}')
    from pg_trigger t where t.tgrelid = v.oid and not t.tgisinternal),
  'rules', (select coalesce(jsonb_object_agg(quote_ident(r.rulename), pg_get_ruledef(r.oid)), '{}')
    from pg_rewrite r where r.ev_class = v.oid and r.rulename <> '_RETURN'),
  'security labels', (select coalesce(jsonb_object_agg(l.provider || ' ' || l.objsubid, l.label), '{}')
    from pg_seclabel l where l.classoid = 'pg_class'::regclass and l.objoid = v.oid))`;

/** A view under an old name of a phase, then and now. */
export interface OldName {
  readonly home: string;
  readonly table: string;
  /** As the cutover made it. */
  readonly made: Picture;
  /** Null where another thing, or nothing, is under the name. */
  readonly now: Picture | null;
}

export function nameOf({ home, table }: Pick<OldName, 'home' | 'table'>): string {
  return `${home}.${table}`;
}

/** The views under the old names of a phase that is cut over, each as it was made and as it is; none before or after. */
export async function readOldNames(session: Session, phaseId: number): Promise<OldName[]> {
  const rows = await session.query(
    `select m.home, m.table_name as table, m.view_picture as made, v.oid::text as oid, ${QUERY} as query, (${REST})::text as rest
     from drydock.moved_tables m
     left join pg_class v on v.oid = m.view_oid and v.relkind = 'v' and v.oid = to_regclass(format('%I.%I', m.home, m.table_name))
     where m.phase_id = $1::int and m.view_picture is not null order by 1, 2`,
    [phaseId],
  );
  const oids = rows.flatMap(({ oid }) => (oid === null || oid === undefined ? [] : [{ oid }]));
  const trimmings = await readTrimmings(session, oids);
  const pictures = await withoutGoneRoles(
    session,
    rows.map(({ made }) => JSON.parse(String(made)) as Picture),
  );
  return rows.map((row, at) => {
    const now = trimmings.get(String(row.oid));
    return {
      home: String(row.home),
      table: String(row.table),
      made: pictures[at] as Picture,
      now:
        now === undefined
          ? null
          : { trimmings: now, query: String(row.query), rest: JSON.parse(String(row.rest)) },
    };
  });
}

/** A role that was dropped or renamed since, or was left behind by a dump, has no rights that could be taken from it. */
async function withoutGoneRoles(session: Session, pictures: readonly Picture[]): Promise<Picture[]> {
  const grantees = new Set(
    pictures.flatMap(({ trimmings }) => trimmings.grants.flatMap(({ grantee }) => grantee ?? [])),
  );
  const rows = await session.query('select rolname as name from pg_roles where rolname = any ($1::text[])', [
    `{${[...grantees].map((name) => JSON.stringify(name)).join(',')}}`,
  ]);
  const present = new Set(rows.map(({ name }) => name));
  return pictures.map((picture) => {
    const { owner, grants } = picture.trimmings;
    // Grants of the owner become those of the present one.
    const kept = grants.filter(
      ({ grantee }) => grantee === null || grantee === owner || present.has(grantee),
    );
    return { ...picture, trimmings: { ...picture.trimmings, grants: kept } };
  });
}

/**
 * Enters what the views under a phase's old names are like now; in the transaction that made them.
 *
 * @param tables - of these alone
 */
export async function enterPictures(
  session: Session,
  phaseId: number,
  tables: readonly string[] | null = null,
): Promise<void> {
  const rows = await session.query(
    `select v.oid::text as oid, ${QUERY} as query, (${REST})::text as rest
     from drydock.moved_tables m join pg_class v on v.oid = m.view_oid where m.phase_id = $1::int and ($2::text is null or m.table_name = any ($2::text[]))`,
    [phaseId, tables === null ? null : `{${tables.map((name) => JSON.stringify(name)).join(',')}}`],
  );
  const trimmings = await readTrimmings(
    session,
    rows.map(({ oid }) => ({ oid: String(oid) })),
  );
  const pictures = rows.map(({ oid, query, rest }) => ({
    oid,
    picture: JSON.stringify({ trimmings: trimmings.get(String(oid)), query, rest: JSON.parse(String(rest)) }),
  }));
  await session.execute(
    `update drydock.moved_tables m set view_picture = p.picture
     from jsonb_to_recordset($2::jsonb) as p (oid oid, picture text) where m.phase_id = $1::int and m.view_oid = p.oid`,
    [phaseId, JSON.stringify(pictures)],
  );
}
