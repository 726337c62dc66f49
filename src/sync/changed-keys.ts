import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { asUuid } from '../keys/raw-id.js';
import type { BoundSource } from '../mapping/bind.js';
import { listedKeysQuery } from '../mapping/keyed-source.js';
import { isNamedByOthers, listedRows, locatorOf, placesOf, rejectedPlace, typed } from '../mapping/locate.js';
import { type Round, SCRATCH } from '../mapping/scratch.js';
import type { SyncJob } from './job.js';

/** Above so many rows the planner is told what the scratch tables hold. */
const WORTH_COUNTING = 500;

/** Whether a TRUNCATE is among the changes taken, and whether it is of a table that other phases' keys hang on. */
export async function truncated(session: Session): Promise<readonly string[]> {
  const rows = await session.query(
    `select distinct k.source from ${SCRATCH.taken} k where k.raw is null and k.merge_key is null order by 1`,
  );
  return rows.map((row) => String(row.source));
}

/**
 * Works out which merge keys the changes taken concern: those under which the rows are among ours now, and those that
 * they have in the legacy tables now. Both are asked of the same snapshot as the changes.
 */
export async function findChangedKeys(session: Session, job: SyncJob): Promise<void> {
  const { phase } = job;
  await addKeys(session, `select k.merge_key from ${SCRATCH.taken} k where k.merge_key is not null`);
  const touched = new Set(
    (await session.query(`select distinct k.source from ${SCRATCH.taken} k where k.raw is not null`)).map(
      (row) => row.source,
    ),
  );
  const { resolution } = phase;
  if (resolution !== null && touched.has(resolution.table.name)) {
    await session.execute(resolution.nameChanged);
    await session.execute(resolution.lookUp);
    await addKeys(session, resolution.changedKeys);
  }
  const sources = phase.keyed.filter((keyed) => touched.has(keyed.source.rule.table));
  for (const { source } of sources) await addKeys(session, keysAmongOurs(job, source));
  let rows = 0;
  for (const { source } of sources) {
    rows += await session.execute(
      `insert into ${SCRATCH.rows} (source, raw, round) select distinct k.source, k.raw[1], 1 from ${SCRATCH.taken} k where k.source = ${literal(source.rule.table)} and k.raw is not null`,
    );
  }
  await resolveRows(session, job, rows, 1);
  for (const keyed of sources) {
    await addKeys(session, listedKeysQuery(keyed));
  }
}

/** Lists the other legacy rows that may belong to the changed keys: those that are under these keys among ours. */
export async function listRows(session: Session, job: SyncJob): Promise<void> {
  let rows = 0;
  for (const { source } of job.phase.keyed) {
    const column = locatorOf(source);
    const places = [...placesOf(source, column, job.targets), rejectedPlace(source, column, job.phaseId)].map(
      ({ from, value, isOurs }) =>
        `select (${value})::text collate "C" as raw from ${from} where ${isOurs} and t.merge_key in (select k.merge_key from ${SCRATCH.keys} k)`,
    );
    const own = literal(source.rule.table);
    rows += await session.execute(
      `insert into ${SCRATCH.rows} (source, raw, round) select ${own}, p.raw, 2 from (
         (${places.join(' union all ')}) except select k.raw from ${SCRATCH.rows} k where k.source = ${own}) p`,
    );
  }
  if (rows > 0) await resolveRows(session, job, rows, 2);
}

/**
 * Adds the keys that listed rows have by now, and lists what stands under those, until no row is left that moves to a
 * key outside. A row that leaves a key of ours because of a change that still stands in the queue (its submission got
 * another id) would be taken away here and found by nobody when that change has its turn.
 */
export async function followMovedRows(session: Session, job: SyncJob): Promise<void> {
  for (;;) {
    let added = 0;
    for (const keyed of job.phase.keyed) added += await addKeys(session, listedKeysQuery(keyed));
    if (added === 0) return;
    await listRows(session, job);
  }
}

/** Looks up what the rows name that were listed in a round. */
async function resolveRows(session: Session, { phase }: SyncJob, rows: number, round: Round): Promise<void> {
  if (rows > WORTH_COUNTING) await session.execute(`analyze ${SCRATCH.rows}, ${SCRATCH.keys}`);
  if (phase.resolution === null) return;
  for (const keyed of phase.keyed) {
    const { names } = keyed;
    if (names === null) continue;
    await session.execute(
      `insert into ${SCRATCH.named} (id, rid) select distinct * from (${names(listedRows(keyed.source, round))}) n`,
    );
  }
  await session.execute(phase.resolution.lookUp);
}

/** Query: keys under which the changed rows of a source are among ours, and keys of others that their own ids are. */
function keysAmongOurs(job: SyncJob, source: BoundSource): string {
  const column = locatorOf(source);
  const changed = `${SCRATCH.taken} k where k.source = ${literal(source.rule.table)} and k.raw is not null`;
  const queries = placesOf(source, column, job.targets).flatMap(({ from, value, column: as, isOurs }) => {
    const found = `select t.merge_key from ${from} where ${isOurs} and ${value}`;
    return [
      `${found} in (select ${typed('k.raw[1]', as)} from ${changed} and k.raw[1] is not null)`,
      ...(isKeyed(source)
        ? []
        : [`${found} is null and (select exists (select from ${changed} and k.raw[1] is null))`]),
    ];
  });
  const rejected = rejectedPlace(source, column, job.phaseId);
  queries.push(
    `select t.merge_key from ${rejected.from} where ${rejected.isOurs} and exists (select from ${changed} and k.raw[1] is not distinct from ${rejected.value})`,
  );
  if (isNamedByOthers(source)) queries.push(...keysOfNaming(job, source, changed));
  return queries.join(' union all ');
}

/**
 * Queries: ids of changed rows that are the key of other rows, which name them while they are not there: of rows that
 * came, where others are among ours under them; of rows that went, each. As long as a row is there, what names it has its key.
 */
function keysOfNaming(job: SyncJob, source: BoundSource, changed: string): string[] {
  const column = locatorOf(source);
  const id = column.type.kind === 'uuid' ? 'k.raw[1]::uuid' : asUuid('k.raw[1]', '');
  const ids = `select ${id} from ${changed}`;
  const { schema, name } = source.table;
  const isThere = `select from ${qualified(schema, name)} x where x.${ident(column.name)} = ${typed('k.raw[1]', column)}`;
  return [
    ...[job.targets.unified, job.targets.folded].map(
      (target) => `select t.merge_key from ${target.qualified} t where t.merge_key in (${ids})`,
    ),
    `select t.merge_key from drydock.rejects t where t.phase_id = ${job.phaseId} and t.merge_key in (${ids})`,
    `${ids} and not exists (${isThere})`,
  ];
}

/** Whether every row of the source has its locator. */
function isKeyed(source: BoundSource): boolean {
  const { name } = locatorOf(source);
  return source.table.columns.some((column) => column.name === name && column.notNull);
}

/** Gives how many of them are new. */
async function addKeys(session: Session, query: string): Promise<number> {
  return session.execute(
    `insert into ${SCRATCH.keys} (merge_key) select distinct q.merge_key from (${query}) q (merge_key) where q.merge_key is not null on conflict do nothing`,
  );
}
