import { reprint } from '../db/reprint.js';
import type { Session } from '../db/session.js';
import { CATALOGS, OBJECT_KINDS, type ObjectKind, UNFINISHED } from '../ledger/object-kinds.js';
import { MARKER } from '../ledger/objects.js';
import type { AdoptFinding } from '../reports/adopt.js';
import { beginAnew, canBeginAnew, finding, type Place } from './finding.js';

/** A thing of the ledger, and what is under its name now. */
interface Remembered {
  readonly kind: ObjectKind;
  readonly schema: string;
  readonly name: string;
  readonly oid: string;
  readonly definition: string | null;
  readonly owner: string | null;
  readonly now: {
    readonly oid: string;
    readonly isMarked: boolean;
    readonly definition: string | null;
    readonly owner: string | null;
  } | null;
}

/** What was found of the things of a phase. */
export interface FoundObjects {
  /** Under the oids that the ledger remembers. */
  readonly asRemembered: number;
  /** Under other ones. */
  readonly found: readonly (Pick<Remembered, 'kind' | 'schema' | 'name'> & { readonly oid: string })[];
  /** Views that give legacy tables back, and are not there: they are made again. */
  readonly missingViews: readonly string[];
  readonly findings: readonly AdoptFinding[];
}

/** Finds what was made for a phase by name, kind, definition and owner. */
export async function findObjects(
  session: Session,
  place: Place,
  acceptOwners: readonly string[],
): Promise<FoundObjects> {
  const findings: AdoptFinding[] = [];
  const found: FoundObjects['found'][number][] = [];
  const missingViews: string[] = [];
  let asRemembered = 0;
  for (const object of await readRemembered(session, place)) {
    if (object.oid === UNFINISHED) continue;
    if (object.now === null) {
      if (object.kind === 'view' && place.derived === null) missingViews.push(object.name);
      findings.push(missing(place, object));
      continue;
    }
    const trouble =
      wrongOwner(place, object, object.now, acceptOwners) ??
      ((await isAsMade(session, object, object.now)) ? null : differs(place, object));
    if (object.now.oid === object.oid && object.now.isMarked) {
      asRemembered += 1;
      continue;
    }
    if (trouble !== null) {
      findings.push(trouble);
      continue;
    }
    const { kind, schema, name } = object;
    found.push({ kind, schema, name, oid: object.now.oid });
  }
  return { asRemembered, found, missingViews, findings };
}

async function readRemembered(session: Session, { entry }: Place): Promise<Remembered[]> {
  const named = OBJECT_KINDS.map((kind) => {
    const { named: all, catalog, definition, owner } = CATALOGS[kind];
    return `select o.oid, coalesce(obj_description(o.oid, '${catalog}') = '${MARKER}', false) as marked, ${definition} as definition, ${owner} as owner
      from ${all} where known.kind = '${kind}' and o.schema = known.schema_name and o.name = known.name`;
  });
  const rows = await session.query(
    `select known.kind, known.schema_name, known.name, known.oid::text as oid, known.definition, known.owner,
       p.oid::text as now, p.marked::text as marked, p.definition as definition_now, p.owner as owner_now
     from drydock.objects known
     left join lateral (select f.* from (${named.join(' union all ')}) f order by f.oid <> known.oid, not f.marked, f.oid limit 1) p on true
     where known.phase_id = $1::int order by array_position($2::text[], known.kind), known.name`,
    [entry.id, `{${OBJECT_KINDS.map((kind) => JSON.stringify(kind)).join(',')}}`],
  );
  return rows.map((row) => ({
    kind: row.kind as ObjectKind,
    schema: String(row.schema_name),
    name: String(row.name),
    oid: String(row.oid),
    definition: row.definition ?? null,
    owner: row.owner ?? null,
    now:
      row.now == null
        ? null
        : {
            oid: row.now,
            isMarked: row.marked === 'true',
            definition: row.definition_now ?? null,
            owner: row.owner_now ?? null,
          },
  }));
}

async function isAsMade(
  session: Session,
  { kind, definition }: Remembered,
  now: NonNullable<Remembered['now']>,
): Promise<boolean> {
  if (definition === null || definition === now.definition) return true;
  if (kind === 'table') return hasColumns(definition, now.definition);
  if (kind !== 'view' && kind !== 'materialized view') return false;
  return (await reprint(session, definition)) === now.definition;
}

/** Columns that came later are no concern of ours. */
function hasColumns(then: string, now: string | null): boolean {
  const present = new Map(Object.entries(JSON.parse(now ?? '{}') as Readonly<Record<string, string>>));
  return Object.entries(JSON.parse(then) as Readonly<Record<string, string>>).every(
    ([name, type]) => present.get(name) === type,
  );
}

function missing(place: Place, { kind, schema, name }: Remembered): AdoptFinding {
  const about = {
    code: 'missing',
    object: `${kind} ${schema}.${name}`,
    why: 'It is not there: the copy was made without it.',
  };
  if (kind === 'view' && place.derived === null) return finding(place, 'again', { ...about, next: '' });
  if (kind === 'table' && !canBeginAnew(place))
    return finding(place, 'stops', {
      ...about,
      next: 'Restore this table too, with its rows, and give the command again.',
    });
  const next =
    kind === 'index'
      ? `drydock run --phase ${place.entry.phase} builds it again.`
      : `Begin the phase anew: ${beginAnew(place)}`;
  return finding(place, 'warned', { ...about, next });
}

function differs(place: Place, { kind, schema, name }: Remembered): AdoptFinding {
  return finding(place, kind === 'table' ? 'stops' : 'warned', {
    code: 'differs',
    object: `${kind} ${schema}.${name}`,
    why: `There is a ${kind} of this name, and it is not defined as the one that Drydock made: it is left alone.`,
    next: `Rename or drop it, then begin the phase anew: ${beginAnew(place)}`,
  });
}

/** What belongs to somebody else could be somebody else's: a name and a definition are soon copied. */
function wrongOwner(
  place: Place,
  { kind, schema, name, owner }: Remembered,
  now: NonNullable<Remembered['now']>,
  accepted: readonly string[],
): AdoptFinding | null {
  if (owner === null || now.owner === null || now.owner === owner || accepted.includes(now.owner))
    return null;
  return finding(place, 'stops', {
    code: 'owner',
    object: `${kind} ${schema}.${name}`,
    why: `It belongs to "${now.owner}"; the one that Drydock made belonged to "${owner}".`,
    next: `Give it to the role that Drydock works as, or say that you trust this one: --accept-owner ${now.owner}`,
  });
}
