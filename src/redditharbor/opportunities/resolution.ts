import { ident } from '../../db/identifier.js';
import { asUuid, keyOfUnknown, rawText, uuidFromText } from '../../keys/raw-id.js';
import type { LegacyDatabase, LegacyTable } from '../../legacy/detect.js';
import type { BoundPhase, BoundSource } from '../../mapping/bind.js';
import { placesOf, typed } from '../../mapping/locate.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import type { Resolution } from '../../mapping/phase.js';
import { SCRATCH } from '../../mapping/scratch.js';
import { targetsOf } from '../../mapping/targets.js';
import { bareId, everySpelling } from '../bare-id.js';
import { KNOWN, NAMED } from './scratch.js';
import { redditId, submissionsOf } from './submissions.js';

/**
 * How keys follow changes of `submissions`. One that comes, goes, or gets another Reddit id or another time moves the
 * rows that name it: to its own uuid, to the oldest row's with the same Reddit id, or to the key of an unknown id.
 */
export function submissionsResolution(legacy: LegacyDatabase, bound: BoundPhase): Resolution | null {
  const table = legacy.tables.get('submissions');
  if (table === undefined) return null;
  const raw = redditId(table);
  return {
    table,
    columns: ['id', raw],
    reads: ['id', raw, 'title', 'created_at'],
    scratch: [
      { name: NAMED, columns: 'rid text collate "C", id uuid' },
      {
        name: KNOWN,
        columns:
          'id uuid unique, rid text collate "C", canon uuid, oldest boolean, title text, created_at timestamptz',
      },
    ],
    nameRows: (names) => `insert into ${NAMED} (id, rid) select distinct * from (${names}) n`,
    nameChanged: `
      insert into ${NAMED} (rid, id)
      select distinct ${bareId(rawText('k.raw[2]'))}, ${uuidFromText(rawText('k.raw[1]'))}
      from ${SCRATCH.taken} k where k.source = 'submissions' and k.raw is not null`,
    lookUp: lookUp(table),
    changedKeys: changedKeys(legacy, bound),
    naming,
  };
}

/** Whether rows name a submission that was changed, by its uuid or by its Reddit id. */
function naming(source: BoundSource, changed: (expression: string) => string): string | null {
  const ids = changed(uuidFromText(rawText('k.raw[1]')));
  const bareIds = changed(bareId(rawText('k.raw[2]')));
  const conditions = pointersOf(source).flatMap(({ name, type }) => {
    const column = `r.${ident(name)}`;
    const byId = `${asUuid(column, type.kind)} in (${ids})`;
    return type.kind === 'uuid' ? [byId] : [byId, `${bareId(rawText(column))} in (${bareIds})`];
  });
  return conditions.length === 0 ? null : conditions.join(' or ');
}

/** The columns by which rows of a source name their submission. */
function pointersOf(source: BoundSource): BoundColumn[] {
  const isPointer = (name: string) => /submission_id$|^opportunity_id$/.test(name);
  return source.columns.filter((column) => column.key && isPointer(column.name));
}

/** Always all rows of one Reddit id together: which of them is the oldest is said for each. */
function lookUp(table: LegacyTable): string {
  const unknown = (column: string) =>
    `select n.id, n.rid from ${NAMED} n where n.${column} is not null and not exists (select from ${KNOWN} k where k.${column} = n.${column})`;
  const names = `${unknown('id')} union ${unknown('rid')}`;
  return `
    insert into ${KNOWN} (id, rid, canon, oldest, title, created_at)
    with ${submissionsOf(table).reached(names).join(', ')}
    select s.id, s.rid, s.canon, s.oldest, s.title, s.created_at from s
    where s.rid is null or s.rid in (select rid from rids)
    on conflict (id) do nothing`;
}

/** Keys that rows of the named submissions have, had or would have without them. */
function changedKeys(legacy: LegacyDatabase, bound: BoundPhase): string {
  const targets = targetsOf({ schema: legacy.schema, bound });
  const spelled = everySpelling(`select n.rid from ${NAMED} n union all select n.id::text from ${NAMED} n`);
  const raws = `(select v.raw collate "C" as raw from (${spelled}) v (raw) where v.raw is not null) n`;
  const ours = bound.sources.flatMap((source) =>
    pointersOf(source).flatMap((column) =>
      placesOf(source, column, targets).map(({ from, value, isOurs, column: as }) => {
        const values =
          column.type.kind === 'uuid'
            ? `select n.id from ${NAMED} n`
            : `select ${typed('n.raw', as)} from ${raws}`;
        return `select t.merge_key from ${from} where ${isOurs} and ${value} in (${values})`;
      }),
    ),
  );
  return [
    `select n.id from ${NAMED} n`,
    `select k.id from ${KNOWN} k`,
    `select coalesce(${uuidFromText('n.rid')}, ${keyOfUnknown('n.rid')}) from ${NAMED} n where n.rid is not null`,
    ...ours,
  ].join('\n union all ');
}
