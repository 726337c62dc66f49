import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { asUuid, rawText } from '../keys/raw-id.js';
import type { BoundSource } from '../mapping/bind.js';
import { listedKeysQuery, tableOf } from '../mapping/keyed-source.js';
import { restoreQuery } from '../mapping/legacy-view.js';
import {
  asListed,
  isNamedByOthers,
  listedAs,
  listedRows,
  locatorOf,
  placesOf,
  rejectedPlace,
  typed,
} from '../mapping/locate.js';
import type { CrosswalkSpec, Phase, PointerSpec } from '../mapping/phase.js';
import { SCRATCH } from '../mapping/scratch.js';
import type { SyncJob } from './job.js';

/** The rounds in which rows are listed that changed: see {@link SCRATCH}. In later ones it is the others. */
const CHANGED = 1;
const COMPANIONS = 0;

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
  await listChanged(session, job, sources, CHANGED);
  await resolveRows(session, job, CHANGED);
  for (const keyed of sources) {
    await addKeys(session, listedKeysQuery(keyed, CHANGED));
  }
  await addResolved(session, job, CHANGED, touched);
  for (const pointer of phase.pointers ?? [])
    if (touched.has(pointer.to.rule.table)) await addKeys(session, keysOfPointing(job, pointer));
}

/** Query: keys under which rows are among ours that point to a changed row: it may have come, or be another thing now. */
function keysOfPointing(job: SyncJob, { from: source, column, to }: PointerSpec): string {
  const listed = `k.${listedAs(locatorOf(to))}`;
  const changed = `${SCRATCH.rows} k where k.source = ${literal(to.rule.table)} and k.round = ${CHANGED} and ${listed} is not null`;
  const isSame = locatorOf(to).type.base === column.type.base;
  const ours = placesOf(source, column, job.targets).map(({ from, value, column: as, isOurs }) => {
    const points = isSame
      ? `${value} in (select ${typed(listed, as)} from ${changed})`
      : `${rawText(value)} in (select ${rawText(listed)} from ${changed})`;
    return `select t.merge_key from ${from} where ${isOurs} and ${points}`;
  });
  const rejected = rejectedPlace(source, column, job.phaseId);
  return [
    ...ours,
    `select t.merge_key from ${rejected.from} where ${rejected.isOurs} and ${rawText(`(${rejected.value})`)} in (select ${rawText(listed)} from ${changed})`,
  ].join(' union all ');
}

/**
 * Takes up the changes that {@link takeCompanions} has put in the place of those taken before. Their rows are listed
 * and have their keys; what is left to find is under which other keys they are among ours.
 */
export async function takeUpCompanions(session: Session, job: SyncJob): Promise<void> {
  const added = await listChanged(session, job, job.phase.keyed, COMPANIONS);
  const resolved = await addResolved(session, job, COMPANIONS, null);
  if (added + resolved > 0) await listRows(session, job, true);
}

/** Lists the rows that the changes taken are of, and adds the keys under which they are among ours; gives how many are new. */
async function listChanged(
  session: Session,
  job: SyncJob,
  sources: Phase['keyed'],
  round: number,
): Promise<number> {
  let rows = 0;
  for (const { source } of sources) {
    const column = locatorOf(source);
    rows += await session.execute(
      `insert into ${SCRATCH.rows} (source, ${listedAs(column)}, round) select distinct k.source, ${asListed('k.raw[1]', column)}, ${round} from ${SCRATCH.taken} k where k.source = ${literal(source.rule.table)} and k.raw is not null`,
    );
  }
  await countListed(session, rows);
  let added = 0;
  for (const { source } of sources) added += await addKeys(session, keysAmongOurs(job, source, round));
  return added;
}

/**
 * Lists the other legacy rows that may belong to the changed keys: those that are under these keys among ours.
 *
 * @param follow - whether rows that belong to other keys by now have these taken up too. A row that leaves a key of ours
 *   because of a change that still stands in the queue (its crosswalk row got another id) would be taken away here and found
 *   by nobody when that change has its turn.
 */
export async function listRows(session: Session, job: SyncJob, follow: boolean): Promise<void> {
  for (let round = CHANGED + 1; await listOthers(session, job, round); round += 1) {
    if (!follow) return;
    let added = 0;
    // Rows that were listed before were asked when they were, and have the key still.
    for (const keyed of job.phase.keyed) added += await addKeys(session, listedKeysQuery(keyed, round));
    added += await addResolved(session, job, round, null);
    if (added === 0) return;
  }
}

/**
 * Lists the rows that are resolved by rows which were listed in a round, or were so before, and adds the keys that they have
 * and had; gives how many are new.
 *
 * @param touched the tables of which rows changed; null: rows of any may have another key for what they point to
 */
async function addResolved(
  session: Session,
  job: SyncJob,
  round: number,
  touched: ReadonlySet<string | null | undefined> | null,
): Promise<number> {
  let added = 0;
  for (const crosswalk of job.phase.crosswalks ?? []) {
    const { from, to, isIndirect } = crosswalk;
    const mayChange = touched === null ? isIndirect || round === COMPANIONS : touched.has(to.rule.table);
    if (!mayChange) continue;
    const listed = await session.execute(listResolved(job, crosswalk, round));
    if (listed === 0) continue;
    await countListed(session, listed);
    await resolveRows(session, job, round);
    added += await addKeys(session, keysAmongOurs(job, from, round));
    const keyed = job.phase.keyed.find(({ source }) => source === from);
    if (keyed !== undefined) added += await addKeys(session, listedKeysQuery(keyed, round));
  }
  return added;
}

/** Statement: lists rows that have a key which rows of the crosswalk have now, or have among ours. */
function listResolved(job: SyncJob, { from, by, to, toBy }: CrosswalkSpec, round: number): string {
  const [column, other] = [locatorOf(from), locatorOf(to)];
  const [as, otherAs] = [listedAs(column), listedAs(other)];
  const restored = restoreQuery({ source: to, targets: job.targets, phaseId: job.phaseId, hasRejects: true });
  const theirs = `select ${typed(`k.${otherAs}`, other)} from ${SCRATCH.rows} k where k.source = ${literal(to.rule.table)} and k.round = ${round} and k.${otherAs} is not null`;
  const own = literal(from.rule.table);
  return `insert into ${SCRATCH.rows} (source, ${as}, round) select ${own}, p.v, ${round} from (
    select ${asListed(`r.${ident(column.name)}`, column)} as v from ${tableOf(from)} r where ${by} in (
      select ${toBy} from ${listedRows(to, round)} r union all
      select ${toBy} from (${restored}) r where r.${ident(other.name)} in (${theirs}))
    except select k.${as} from ${SCRATCH.rows} k where k.source = ${own}) p`;
}

/** Whether there are any. */
async function listOthers(session: Session, job: SyncJob, round: number): Promise<boolean> {
  let rows = 0;
  for (const { source } of job.phase.keyed) {
    const column = locatorOf(source);
    const as = listedAs(column);
    const places = [...placesOf(source, column, job.targets), rejectedPlace(source, column, job.phaseId)].map(
      ({ from, value, isOurs }) =>
        `select ${asListed(value, column)} as ${as} from ${from} where ${isOurs} and t.merge_key in (select k.merge_key from ${SCRATCH.keys} k)`,
    );
    const own = literal(source.rule.table);
    rows += await session.execute(
      `insert into ${SCRATCH.rows} (source, ${as}, round) select ${own}, p.${as}, ${round} from (
         (${places.join(' union all ')}) except select k.${as} from ${SCRATCH.rows} k where k.source = ${own}) p`,
    );
  }
  if (rows === 0) return false;
  await countListed(session, rows);
  await resolveRows(session, job, round);
  return true;
}

async function countListed(session: Session, rows: number): Promise<void> {
  if (rows > WORTH_COUNTING) await session.execute(`analyze ${SCRATCH.rows}, ${SCRATCH.keys}`);
}

/** Looks up what the rows name that were listed in a round. */
async function resolveRows(session: Session, { phase }: SyncJob, round: number): Promise<void> {
  if (phase.resolution === null) return;
  for (const keyed of phase.keyed) {
    const { names } = keyed;
    if (names === null) continue;
    await session.execute(phase.resolution.nameRows(names(listedRows(keyed.source, round))));
  }
  await session.execute(phase.resolution.lookUp);
}

/** Query: keys under which the changed rows of a source are among ours, and keys of others that their own ids are. */
function keysAmongOurs(job: SyncJob, source: BoundSource, round: number): string {
  const column = locatorOf(source);
  const listed = `k.${listedAs(column)}`;
  const changed = `${SCRATCH.rows} k where k.source = ${literal(source.rule.table)} and k.round = ${round}`;
  const queries = placesOf(source, column, job.targets).flatMap(({ from, value, column: as, isOurs }) => {
    const found = `select t.merge_key from ${from} where ${isOurs} and ${value}`;
    return [
      `${found} in (select ${typed(listed, as)} from ${changed} and ${listed} is not null)`,
      ...(isKeyed(source)
        ? []
        : [`${found} is null and (select exists (select from ${changed} and ${listed} is null))`]),
    ];
  });
  const rejected = rejectedPlace(source, column, job.phaseId);
  queries.push(
    `select t.merge_key from ${rejected.from} where ${rejected.isOurs} and exists (select from ${changed} and ${listed} is not distinct from ${asListed(rejected.value, column)})`,
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
  const listed = `k.${listedAs(column)}`;
  const id = listedAs(column) === 'id' ? listed : asUuid(listed, '');
  const ids = `select ${id} from ${changed}`;
  const { schema, name } = source.table;
  const isThere = `select from ${qualified(schema, name)} x where x.${ident(column.name)} = ${typed(listed, column)}`;
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

/** Gives how many of them are new. Most are not: to find that out one by one, in the index, took 4 % of the server's time. */
async function addKeys(session: Session, query: string): Promise<number> {
  return session.execute(
    `insert into ${SCRATCH.keys} (merge_key) select q.merge_key from (${query}) q (merge_key) where q.merge_key is not null except select k.merge_key from ${SCRATCH.keys} k`,
  );
}
