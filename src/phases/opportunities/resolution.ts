import { ident, qualified } from '../../db/identifier.js';
import { asUuid, bareId, keyOfUnknown, rawText, spellingsOf, uuidFromText } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase, LegacyTable } from '../../legacy/detect.js';
import type { BoundPhase, BoundSource } from '../../mapping/bind.js';
import { placesOf, typed } from '../../mapping/locate.js';
import { SCRATCH } from '../../mapping/scratch.js';
import { targetsOf } from '../../mapping/targets.js';
import type { Resolution } from '../phase.js';

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
    nameChanged: `
      insert into ${SCRATCH.named} (rid, id)
      select distinct ${bareId(rawText('k.raw[2]'))}, ${uuidFromText(rawText('k.raw[1]'))}
      from ${SCRATCH.taken} k where k.source = 'submissions' and k.raw is not null`,
    lookUp: lookUp(table, raw),
    changedKeys: changedKeys(legacy, bound),
  };
}

/** The column that holds Reddit's id. */
export function redditId(table: LegacyTable): string {
  return table.shape.name === 'A' ? 'reddit_id' : 'submission_id';
}

/** Always all rows of one Reddit id together: which of them is the oldest is said for each. */
function lookUp(table: LegacyTable, column: string): string {
  const relation = qualified(table.schema, table.name);
  const found = columnOf(table, column);
  const type = (name: string) => columnOf(table, name)?.type;
  const createdAt = type('created_at')?.category === 'D' ? 'b.created_at' : 'null';
  const id = asUuid('b.id', type('id')?.kind ?? '');
  const bare = bareId(rawText(`b.${ident(column)}`));
  const row = `select ${id} as id, ${bare} as rid, b.title::text as title, ${createdAt}::timestamptz as created_at from ${relation} b`;
  const spelled = found === undefined ? 'v.raw' : typed('v.raw', found);
  return `
    insert into ${SCRATCH.known} (id, rid, canon, oldest, title, created_at)
    with named as materialized (
      ${row} where b.id in (
        select n.id from ${SCRATCH.named} n where n.id is not null and not exists (select from ${SCRATCH.known} k where k.id = n.id))
    ), rids as materialized (
      select r.rid from (select n.rid from ${SCRATCH.named} n union select n.rid from named n) r
      where r.rid is not null and not exists (select from ${SCRATCH.known} k where k.rid = r.rid)
    ), spelled as materialized (
      ${row} where b.${ident(column)} in (select ${spelled} from rids r cross join lateral (values ${spellingsOf(
        'r.rid',
      )
        .map((text) => `(${text})`)
        .join(', ')}) v (raw))
    ), found as (
      select * from named where rid is null
      union select s.* from spelled s where exists (select from rids r where r.rid = s.rid)
    ), ranked as (
      select f.*, case when f.rid is null then f.id
        else first_value(f.id) over (partition by f.rid order by f.created_at nulls last, f.id) end as canon
      from found f
    )
    select r.id, r.rid, r.canon, r.canon = r.id, r.title, r.created_at from ranked r`;
}

/** Keys that rows of the named submissions have, had or would have without them. */
function changedKeys(legacy: LegacyDatabase, bound: BoundPhase): string {
  const targets = targetsOf({ schema: legacy.schema, bound });
  const texts = [...spellingsOf('n.rid'), ...spellingsOf('n.id::text')].map((text) => `(${text})`).join(', ');
  const raws = `(select v.raw collate "C" as raw from ${SCRATCH.named} n cross join lateral (values ${texts}) v (raw) where v.raw is not null) n`;
  const ours = bound.sources.flatMap((source) =>
    pointersOf(source).flatMap((column) =>
      placesOf(source, column, targets).map(({ from, value, isOurs, column: as }) => {
        const values =
          column.type.kind === 'uuid'
            ? `select n.id from ${SCRATCH.named} n`
            : `select ${typed('n.raw', as)} from ${raws}`;
        return `select t.merge_key from ${from} where ${isOurs} and ${value} in (${values})`;
      }),
    ),
  );
  return [
    `select n.id from ${SCRATCH.named} n`,
    `select k.id from ${SCRATCH.known} k`,
    `select coalesce(${uuidFromText('n.rid')}, ${keyOfUnknown('n.rid')}) from ${SCRATCH.named} n where n.rid is not null`,
    ...ours,
  ].join('\n union all ');
}

/** The columns by which rows name their submission. */
function pointersOf(source: BoundSource) {
  const isPointer = (name: string) => /submission_id$|^opportunity_id$/.test(name);
  return source.columns.filter((column) => column.key && isPointer(column.name));
}
