import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { asUuid, rawText } from '../keys/raw-id.js';
import type { BoundSource } from '../mapping/bind.js';
import { type KeyedSource, listedKeysQuery, tableOf } from '../mapping/keyed-source.js';
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

/** The legacy tables that the changes taken are of. */
export interface TouchedTables {
  /** With rows that changed. */
  readonly changed: readonly string[];
  /** Emptied by a TRUNCATE. */
  readonly truncated: readonly string[];
}

export async function touchedTables(session: Session): Promise<TouchedTables> {
  const rows = await session.query(
    `select distinct k.source, (k.raw is null)::text as truncated from ${SCRATCH.taken} k where k.merge_key is null order by 1`,
  );
  const named = (truncated: string) =>
    rows.filter((row) => row.truncated === truncated).map((row) => String(row.source));
  return { changed: named('false'), truncated: named('true') };
}

/**
 * Works out which merge keys the changes taken concern: those under which the rows are among ours now, and those that
 * they have in the legacy tables now. Both are asked of the same snapshot as the changes, in few messages: most of what a
 * single change costs is the way to the server and back.
 *
 * @param touched tables with rows among the changes
 */
export async function findChangedKeys(
  session: Session,
  job: SyncJob,
  touched: readonly string[],
): Promise<void> {
  const { phase } = job;
  const { resolution } = phase;
  const isResolved = resolution !== null && touched.includes(resolution.table.name);
  const sources = phase.keyed.filter((keyed) => touched.includes(keyed.source.rule.table));
  const known = await session.executeAll([
    adding(`select k.merge_key from ${SCRATCH.taken} k where k.merge_key is not null`),
    ...(isResolved ? [resolution.nameChanged, resolution.lookUp, adding(resolution.changedKeys)] : []),
    ...listing(sources, CHANGED),
  ]);
  await countListed(session, known);
  await session.executeAll([
    ...sources.map(({ source }) => adding(keysAmongOurs(job, source, CHANGED))),
    ...resolving(job, CHANGED),
    ...sources.map((keyed) => adding(listedKeysQuery(keyed, CHANGED))),
  ]);
  await addResolved(session, job, CHANGED, touched);
  const pointers = (phase.pointers ?? []).filter((pointer) => touched.includes(pointer.to.rule.table));
  await session.executeAll(pointers.map((pointer) => adding(keysOfPointing(job, pointer))));
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
  const { keyed } = job.phase;
  await countListed(session, await session.executeAll(listing(keyed, COMPANIONS)));
  const added = await session.executeAll(
    keyed.map(({ source }) => adding(keysAmongOurs(job, source, COMPANIONS))),
  );
  const resolved = await addResolved(session, job, COMPANIONS, null);
  if (added + resolved > 0) await listRows(session, job, true);
}

/** Statements: list the rows that the changes taken are of. */
function listing(sources: Phase['keyed'], round: number): string[] {
  return sources.map(({ source }) => {
    const column = locatorOf(source);
    return `insert into ${SCRATCH.rows} (source, ${listedAs(column)}, round) select distinct k.source, ${asListed('k.raw[1]', column)}, ${round} from ${SCRATCH.taken} k where k.source = ${literal(source.rule.table)} and k.raw is not null`;
  });
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
    // Rows that were listed before were asked when they were, and have the key still.
    const added = await session.executeAll(
      job.phase.keyed.map((keyed) => adding(listedKeysQuery(keyed, round))),
    );
    if (added + (await addResolved(session, job, round, null)) === 0) return;
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
  touched: readonly string[] | null,
): Promise<number> {
  let added = 0;
  for (const crosswalk of job.phase.crosswalks ?? []) {
    const { from, to, isIndirect } = crosswalk;
    const mayChange = touched === null ? isIndirect || round === COMPANIONS : touched.includes(to.rule.table);
    if (!mayChange) continue;
    const listed = await session.execute(listResolved(job, crosswalk, round));
    if (listed === 0) continue;
    await countListed(session, listed);
    await session.executeAll(resolving(job, round));
    const keyed = job.phase.keyed.filter(({ source }) => source === from);
    added += await session.executeAll([
      adding(keysAmongOurs(job, from, round)),
      ...keyed.map((one) => adding(listedKeysQuery(one, round))),
    ]);
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
  const parted = job.phase.keyed
    .filter(({ source }) => source === from)
    .map((keyed) => `union all (${partedRows(job, keyed, by, goneFrom(to, restored, theirs))})`);
  return `insert into ${SCRATCH.rows} (source, ${as}, round) select ${own}, p.v, ${round} from (
    (select ${asListed(`r.${ident(column.name)}`, column)} as v from ${tableOf(from)} r where ${by} in (
      select ${toBy} from ${listedRows(to, round)} r union all
      select ${toBy} from (${restored}) r where r.${ident(other.name)} in (${theirs}))
    ${parted.join(' ')})
    except select k.${as} from ${SCRATCH.rows} k where k.source = ${own}) p`;
}

/** SQL: whether one of some rows is in no table any more, so that nobody knows by what others were resolved through it. */
function goneFrom(to: BoundSource, restored: string, theirs: string): string {
  const { name } = locatorOf(to);
  // One column of several names more rows than the one that is gone.
  if (to.rule.identity.length > 1) return `select exists (${theirs})`;
  return `select exists (select from (${theirs}) g (v) where not exists (select from ${tableOf(to)} r where r.${ident(name)} = g.v)
    and not exists (select from (${restored}) r where r.${ident(name)} = g.v))`;
}

/** Query: rows that have another key than among ours, where a direct write took away what they were resolved through. */
function partedRows(
  job: SyncJob,
  { source, joins, key, with: before }: KeyedSource,
  by: string,
  gone: string,
): string {
  const column = locatorOf(source);
  const [theirs, ours] = ['r', 'o'].map((alias) => `${alias}.${ident(column.name)}`);
  const restored = restoreQuery(
    { source, targets: job.targets, phaseId: job.phaseId, hasRejects: true },
    OUR_KEY,
  );
  return `${before} select ${asListed(theirs ?? '', column)} from ${tableOf(source)} r ${joins} join (${restored}) o on ${ours} = ${theirs}
    where (${gone}) and ${by} is not null and o.${OUR_KEY} <> ${key}`;
}

const OUR_KEY = 'drydock_merge_key';

/** Whether there are any. */
async function listOthers(session: Session, job: SyncJob, round: number): Promise<boolean> {
  const statements = job.phase.keyed.map(({ source }) => {
    const column = locatorOf(source);
    const as = listedAs(column);
    const places = [...placesOf(source, column, job.targets), rejectedPlace(source, column, job.phaseId)].map(
      ({ from, value, isOurs }) =>
        `select ${asListed(value, column)} as ${as} from ${from} where ${isOurs} and t.merge_key in (select k.merge_key from ${SCRATCH.keys} k)`,
    );
    const own = literal(source.rule.table);
    return `insert into ${SCRATCH.rows} (source, ${as}, round) select ${own}, p.${as}, ${round} from (
         (${places.join(' union all ')}) except select k.${as} from ${SCRATCH.rows} k where k.source = ${own}) p`;
  });
  const rows = await session.executeAll(statements);
  if (rows === 0) return false;
  await countListed(session, rows);
  await session.executeAll(resolving(job, round));
  return true;
}

async function countListed(session: Session, rows: number): Promise<void> {
  if (rows > WORTH_COUNTING) await session.execute(`analyze ${SCRATCH.rows}, ${SCRATCH.keys}`);
}

/** Statements: look up what the rows name that were listed in a round. */
function resolving({ phase }: SyncJob, round: number): string[] {
  const { resolution } = phase;
  if (resolution === null) return [];
  const named = phase.keyed.flatMap(({ names, source }) =>
    names === null ? [] : [resolution.nameRows(names(listedRows(source, round)))],
  );
  return [...named, resolution.lookUp];
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

/** Statement: adds the keys that are new. Most are not: to find that out one by one, in the index, took 4 % of the server's time. */
function adding(query: string): string {
  return `insert into ${SCRATCH.keys} (merge_key) select q.merge_key from (${query}) q (merge_key) where q.merge_key is not null except select k.merge_key from ${SCRATCH.keys} k`;
}
