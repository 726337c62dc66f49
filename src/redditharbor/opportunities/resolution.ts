import { bareId, everySpelling, keyOfUnknown, rawText, uuidFromText } from '../../keys/raw-id.js';
import type { LegacyDatabase, LegacyTable } from '../../legacy/detect.js';
import type { BoundPhase } from '../../mapping/bind.js';
import { placesOf, pointersOf, typed } from '../../mapping/locate.js';
import type { Resolution } from '../../mapping/phase.js';
import { SCRATCH } from '../../mapping/scratch.js';
import { targetsOf } from '../../mapping/targets.js';
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
    nameChanged: `
      insert into ${SCRATCH.named} (rid, id)
      select distinct ${bareId(rawText('k.raw[2]'))}, ${uuidFromText(rawText('k.raw[1]'))}
      from ${SCRATCH.taken} k where k.source = 'submissions' and k.raw is not null`,
    lookUp: lookUp(table),
    changedKeys: changedKeys(legacy, bound),
  };
}

/** Always all rows of one Reddit id together: which of them is the oldest is said for each. */
function lookUp(table: LegacyTable): string {
  const unknown = (column: string) =>
    `select n.id, n.rid from ${SCRATCH.named} n where n.${column} is not null and not exists (select from ${SCRATCH.known} k where k.${column} = n.${column})`;
  const names = `${unknown('id')} union ${unknown('rid')}`;
  return `
    insert into ${SCRATCH.known} (id, rid, canon, oldest, title, created_at)
    with ${submissionsOf(table).reached(names).join(', ')}
    select s.id, s.rid, s.canon, s.oldest, s.title, s.created_at from s
    where s.rid is null or s.rid in (select rid from rids)
    on conflict (id) do nothing`;
}

/** Keys that rows of the named submissions have, had or would have without them. */
function changedKeys(legacy: LegacyDatabase, bound: BoundPhase): string {
  const targets = targetsOf({ schema: legacy.schema, bound });
  const spelled = everySpelling(
    `select n.rid from ${SCRATCH.named} n union all select n.id::text from ${SCRATCH.named} n`,
  );
  const raws = `(select v.raw collate "C" as raw from (${spelled}) v (raw) where v.raw is not null) n`;
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
