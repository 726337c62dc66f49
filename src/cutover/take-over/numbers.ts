import { ident, literal, qualified } from '../../db/identifier.js';
import { withRetry } from '../../db/retry.js';
import type { Session } from '../../db/session.js';
import type { Targets } from '../../mapping/targets.js';
import type { Taking } from './taking.js';

/** Rows that get their ids in one statement. */
const AT_ONCE = 10_000;

/** Up to which row ids were given, by its key and uuid. */
type Place = readonly [key: string, id: string];

const FIRST: Place = ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'];

/**
 * Gives each unified row without a row of the source an id, in the order of the keys: its uuid, or a number that the source's
 * own sequence makes, so that nobody else gets it. Rows that have one keep it. Beside readers and writers, in transactions of
 * its own; what a sync makes anew since gets one behind the locks. A number that nobody uses in the end is a gap, as any other.
 */
export async function giveIdsAhead(
  session: Session,
  targets: Targets,
  taking: Taking,
  signal: AbortSignal | undefined,
): Promise<void> {
  const value = nextValue(taking);
  if (value === null) return;
  await passUsedNumbers(session, taking);
  let last: Place | null = FIRST;
  while (last !== null) {
    signal?.throwIfAborted();
    const after: Place = last;
    last = await withRetry(() =>
      session.transaction(() => giveSome(session, targets, { taking, value, after })),
    );
  }
}

/** The same for what has none yet, in the caller's transaction. */
export async function giveIds(session: Session, targets: Targets, taking: Taking): Promise<void> {
  const value = nextValue(taking);
  if (value === null) return;
  await passUsedNumbers(session, taking);
  for (let last: Place | null = FIRST; last !== null; )
    last = await giveSome(session, targets, { taking, value, after: last });
}

/** SQL over a unified row `x`; null: ids are given later, or not at all. */
function nextValue({ values }: Taking): string | null {
  if (values.kind === 'uuid') return 'x.id';
  if (values.kind === 'unknown' || values.sequence === null) return null;
  return `nextval(${literal(values.sequence)}::regclass)`;
}

async function giveSome(
  session: Session,
  { unified }: Targets,
  {
    taking: { id, source },
    value,
    after,
  }: { readonly taking: Taking; readonly value: string; readonly after: Place },
): Promise<Place | null> {
  const own = ident(id.meanwhile);
  const [last] = await session.query(
    `with x as materialized (
       select u.id, u.merge_key from ${unified.qualified} u
       where (u.merge_key, u.id) > ($1::uuid, $2::uuid) and u.${own} is null and not u.${ident(String(source.rule.flag))}
       order by u.merge_key, u.id limit ${AT_ONCE}
     ), n as materialized (
       select x.id, ${value} as value from (select x.id from x order by x.merge_key, x.id) x
     ), given as (
       update ${unified.qualified} u set ${own} = n.value from n where u.id = n.id
     )
     select x.merge_key::text as merge_key, x.id::text as id from x order by x.merge_key desc, x.id desc limit 1`,
    after,
  );
  return last === undefined ? null : [String(last.merge_key), String(last.id)];
}

/** A sequence may be behind ids that were written by hand: of one that counts up, the next number is above all of them. */
async function passUsedNumbers(session: Session, { source, named, values }: Taking): Promise<void> {
  const { schema, name } = source.table;
  if (values.kind !== 'number' || values.sequence === null) return;
  const { sequence } = values;
  await session.query(
    `select setval(q.seqrelid, m.used) from (select max(t.${ident(named.name)})::bigint as used from ${qualified(schema, name)} t) m, pg_sequence q
     where q.seqrelid = $1::text::regclass and q.seqincrement > 0 and m.used <= q.seqmax and m.used >= q.seqmin and m.used > (select s.last_value from ${sequence} s)`,
    [sequence],
  );
}

/** Rows that have no id of the source yet, and get one. */
export async function countWithout(
  session: Session,
  { unified }: Targets,
  { id, source }: Taking,
): Promise<number> {
  const { n } = await session.one(
    `select count(*) as n from ${unified.qualified} u where u.${ident(id.meanwhile)} is null and not u.${ident(String(source.rule.flag))}`,
  );
  return Number(n);
}
