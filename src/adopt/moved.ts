import { oldNameView } from '../cutover/old-names.js';
import { ident, qualified } from '../db/identifier.js';
import { reprint } from '../db/reprint.js';
import type { Session } from '../db/session.js';
import { IS_TAKEN } from '../ledger/moved.js';
import { enterPictures } from '../old-names/picture.js';
import { readTrimmings, viewDefaults } from '../old-names/trimmings.js';
import type { AdoptFinding } from '../reports/adopt.js';
import { finding, type Place } from './finding.js';

/** A legacy table that a cutover moved, and the view under its old name, where both are now. */
interface Moved {
  readonly name: string;
  readonly home: string;
  readonly schema: string;
  readonly oid: string;
  readonly viewOid: string;
  readonly dropped: boolean;
  /** Our table has its name. */
  readonly isTaken: boolean;
  readonly table: { readonly oid: string; readonly kind: string; readonly owner: string } | null;
  readonly view: { readonly oid: string; readonly kind: string; readonly definition: string | null } | null;
}

/** What was found of the moved tables of a phase. */
export interface FoundMoved {
  readonly asRemembered: number;
  readonly found: readonly {
    readonly name: string;
    /** Null: of a table that was dropped. */
    readonly oid: string | null;
    readonly viewOid: string | null;
  }[];
  /** Tables whose old name is to be made again, as a view. */
  readonly missingViews: readonly (Pick<Moved, 'name' | 'home' | 'schema'> & { readonly oid: string })[];
  readonly findings: readonly AdoptFinding[];
}

const OLD_NAME = 'Applications know this table by that name.';

/** Finds the tables that a cutover moved aside, and the views under their names. */
export async function findMoved(
  session: Session,
  place: Place,
  acceptOwners: readonly string[],
): Promise<FoundMoved> {
  const findings: AdoptFinding[] = [];
  const found: FoundMoved['found'][number][] = [];
  const missingViews: FoundMoved['missingViews'][number][] = [];
  let asRemembered = 0;
  const owners = await ownersBefore(session, place);
  for (const moved of await readMovedNow(session, place)) {
    const trouble = tableTrouble(place, moved, owners, acceptOwners);
    if (trouble !== null) findings.push(trouble);
    const isOldName = moved.view !== null && (await isOldNameView(session, place, moved));
    const viewTrouble = isOldName ? null : viewFinding(place, moved);
    if (viewTrouble !== null) findings.push(viewTrouble);
    const oid = moved.dropped ? null : (moved.table?.oid ?? null);
    if (viewTrouble?.verdict === 'again' && oid !== null)
      missingViews.push({ name: moved.name, home: moved.home, schema: moved.schema, oid });
    const isSame = (moved.dropped || oid === moved.oid) && moved.view?.oid === moved.viewOid;
    if (isSame) asRemembered += 2;
    else found.push({ name: moved.name, oid, viewOid: isOldName ? (moved.view?.oid ?? null) : null });
  }
  return { asRemembered, found, missingViews, findings };
}

async function readMovedNow(session: Session, { entry }: Place): Promise<Moved[]> {
  const relation = (schema: string, name: string) =>
    `left join lateral (select c.oid, c.relkind, pg_get_userbyid(c.relowner) as owner from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = ${schema} and c.relname = ${name} and c.relkind in ('r', 'p', 'v', 'm', 'f'))`;
  const rows = await session.query(
    `select m.table_name, m.home, m.moved_to, m.oid::text as oid, m.view_oid::text as view_oid, m.dropped::text as dropped, ${IS_TAKEN}::text as taken,
       t.oid::text as table_now, t.relkind::text as table_kind, t.owner as table_owner,
       v.oid::text as view_now, v.relkind::text as view_kind, case when v.relkind = 'v' then pg_get_viewdef(v.oid) end as definition
     from drydock.moved_tables m ${relation('m.moved_to', 'm.table_name')} t on true ${relation('m.home', 'm.table_name')} v on true
     where m.phase_id = $1::int order by m.table_name`,
    [entry.id],
  );
  return rows.map((row) => ({
    name: String(row.table_name),
    home: String(row.home),
    schema: String(row.moved_to),
    oid: String(row.oid),
    viewOid: String(row.view_oid),
    dropped: row.dropped === 'true',
    isTaken: row.taken === 'true',
    table:
      row.table_now == null
        ? null
        : { oid: row.table_now, kind: String(row.table_kind), owner: String(row.table_owner) },
    view:
      row.view_now == null
        ? null
        : { oid: row.view_now, kind: String(row.view_kind), definition: row.definition ?? null },
  }));
}

/** Whom the tables belonged to before the cutover, which kept a picture of that. */
async function ownersBefore(session: Session, { entry }: Place): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query(
    `select m.table_name as name, t.value ->> 'owner' as owner
     from drydock.cutovers c join drydock.moved_tables m on m.phase_id = c.phase_id
     cross join lateral jsonb_each(c.catalog::jsonb -> 'tables') t
     where c.phase_id = $1::int and t.key in (format('%I.%I', m.home, m.table_name), m.table_name)`,
    [entry.id],
  );
  return new Map(rows.map(({ name, owner }) => [String(name), String(owner)]));
}

function tableTrouble(
  place: Place,
  { name, schema, dropped, table }: Moved,
  owners: ReadonlyMap<string, string>,
  accepted: readonly string[],
): AdoptFinding | null {
  if (dropped) return null;
  const object = `table ${schema}.${name}`;
  const isDone = place.entry.state === 'completed';
  if (table === null || !['r', 'p'].includes(table.kind)) {
    return finding(place, isDone ? 'warned' : 'stops', {
      code: 'missing',
      object,
      why: 'The legacy table that the cutover moved is not there: the copy was made without it.',
      next: isDone
        ? 'Nothing, where it is not wanted any more: the unified tables stand on their own.'
        : 'Restore it too, with its rows, and give the command again.',
    });
  }
  const owner = owners.get(name);
  if (isDone || owner === undefined || table.owner === owner || accepted.includes(table.owner)) return null;
  return finding(place, 'stops', {
    code: 'owner',
    object,
    why: `It belongs to "${table.owner}"; before the cutover it belonged to "${owner}".`,
    next: `Give it to that role, or say that you trust this one: --accept-owner ${table.owner}`,
  });
}

/** Whether a view is what a cutover puts under an old name. After a completion it may be anything that reads, or our table. */
async function isOldNameView(session: Session, { entry }: Place, moved: Moved): Promise<boolean> {
  // Whether it is ours is looked at with all that is.
  if (moved.isTaken) return moved.view?.kind === 'r';
  if (moved.view?.kind !== 'v') return false;
  if (entry.state === 'completed') return true;
  if (moved.table === null) return false;
  const rows = await session.query(
    `select attname as name from pg_attribute where attrelid = $1::text::oid and attnum > 0 and not attisdropped order by attnum`,
    [moved.table.oid],
  );
  const columns = rows.map(({ name }) => ident(String(name))).join(', ');
  const made = await reprint(session, `select ${columns} from ${qualified(moved.schema, moved.name)}`);
  return made !== null && made === moved.view.definition;
}

function viewFinding(place: Place, { name, home, view, table }: Moved): AdoptFinding {
  const object = `view ${home}.${name}`;
  if (view !== null) {
    return finding(place, 'stops', {
      code: 'differs',
      object,
      why: `Under this name there is not the view that the cutover made. ${OLD_NAME}`,
      next: 'Drop or rename what is there, and give the command again: the view is made then.',
    });
  }
  const why = `It is not there: the copy was made without it. ${OLD_NAME}`;
  if (place.entry.state !== 'completed' && table !== null)
    return finding(place, 'again', { code: 'missing', object, why, next: '' });
  return finding(place, 'warned', {
    code: 'missing',
    object,
    why,
    next: 'Make it again: pg_dump of the original has it.',
  });
}

/**
 * Makes the views of old names again, as a cutover does: with the owner, the grants, the comments and the defaults of
 * their tables. Before the oids are entered.
 */
export async function remakeOldNames(session: Session, { missingViews }: FoundMoved): Promise<void> {
  const { version } = await session.one(`select current_setting('server_version_num') as version`);
  const trimmings = await readTrimmings(session, missingViews);
  for (const table of missingViews) {
    const own = trimmings.get(table.oid);
    if (own === undefined) continue;
    const view = qualified(table.home, table.name);
    await session.execute(
      [...oldNameView(table, own, Number(version)), ...viewDefaults(view, own)].join(';\n'),
    );
  }
}

/** Enters where the tables and the views are, in a transaction of the caller's. */
export async function enterFoundMoved(
  session: Session,
  { entry }: Place,
  { missingViews }: FoundMoved,
): Promise<void> {
  await session.execute(
    `update drydock.moved_tables m set oid = coalesce(to_regclass(format('%I.%I', m.moved_to, m.table_name))::oid, m.oid),
       view_oid = coalesce(to_regclass(format('%I.%I', m.home, m.table_name))::oid, m.view_oid)
     where m.phase_id = $1::int`,
    [entry.id],
  );
  if (missingViews.length > 0)
    await enterPictures(
      session,
      entry.id,
      missingViews.map(({ name }) => name),
    );
}
