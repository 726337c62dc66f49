import { literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { asUuid } from '../keys/raw-id.js';
import type { BoundSource } from '../mapping/bind.js';
import { listedKeysQuery } from '../mapping/keyed-source.js';
import { isNamedByOthers, listedRows, locatorOf, placesOf, rejectedPlace, typed } from '../mapping/locate.js';
import { SCRATCH } from '../mapping/scratch.js';
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
      `insert into ${SCRATCH.rows} (source, raw) select k.source, k.raw[1] from ${SCRATCH.taken} k where k.source = ${literal(source.rule.table)} and k.raw is not null`,
    );
  }
  await resolveRows(session, job, rows);
  for (const keyed of sources) {
    await addKeys(session, listedKeysQuery(keyed));
  }
}

/** Lists all legacy rows that may belong to the changed keys: those taken, and those that are under these keys among ours. */
export async function listRows(session: Session, job: SyncJob): Promise<void> {
  let rows = 0;
  for (const { source } of job.phase.keyed) {
    const column = locatorOf(source);
    const places = [...placesOf(source, column, job.targets), rejectedPlace(source, column, job.phaseId)].map(
      ({ from, value, isOurs }) =>
        `select (${value})::text as raw from ${from} where ${isOurs} and t.merge_key in (select k.merge_key from ${SCRATCH.keys} k)`,
    );
    rows += await session.execute(
      `insert into ${SCRATCH.rows} (source, raw) select distinct ${literal(source.rule.table)}, p.raw from (${places.join(' union all ')}) p`,
    );
  }
  if (rows > 0) await resolveRows(session, job, rows);
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

/** Looks up what the listed rows name. */
async function resolveRows(session: Session, { phase }: SyncJob, rows: number): Promise<void> {
  if (rows > WORTH_COUNTING) await session.execute(`analyze ${SCRATCH.rows}, ${SCRATCH.keys}`);
  if (phase.resolution === null) return;
  for (const keyed of phase.keyed) {
    const { names } = keyed;
    if (names === null) continue;
    await session.execute(
      `insert into ${SCRATCH.named} (id, rid) select distinct * from (${names(listedRows(keyed.source))}) n`,
    );
  }
  if (rows > WORTH_COUNTING) await session.execute(`analyze ${SCRATCH.named}`);
  await session.execute(phase.resolution.lookUp);
  if (rows > WORTH_COUNTING) await session.execute(`analyze ${SCRATCH.known}`);
}

/** Query: keys under which the changed rows of a source are among ours, and keys that their own ids are. */
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
  if (isNamedByOthers(source)) queries.push(`select ${asUuid('k.raw[1]', '')} from ${changed}`);
  return queries.join(' union all ');
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
