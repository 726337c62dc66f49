import type { Session } from '../db/session.js';

/**
 * What a run at work has been told. There is one row for a schema; it belongs to the run that holds the schema's
 * lock with this very backend, so that what one run was told means nothing to the next.
 */
export interface Orders {
  /** Legacy rows per second; null: no limit. */
  readonly maxRate: number | null;
  readonly throttledBy: string;
  readonly throttledAt: string;
  readonly paused: boolean;
  /** Who paused it last, or let it go on; null: nobody yet. */
  readonly pauseBy: string | null;
  readonly pauseAt: string | null;
  /** The run has finished the batches that were under way, and holds no snapshot. */
  readonly halted: boolean;
}

/** Whose orders: the schema, and the backend that holds its lock. */
export interface OrdersKey {
  readonly schema: string;
  readonly runPid: number;
}

const MINE = 'schema_name = $1::text and run_pid = $2::int';

/** A run that begins makes the row its own, with nothing ordered but its own rate. */
export async function enterOrders(
  session: Session,
  { schema, runPid }: OrdersKey,
  maxRate: number | null,
  operator: string,
): Promise<void> {
  await session.execute(
    `insert into drydock.orders as o (schema_name, run_pid, max_rate, throttled_by)
     values ($1::text, $2::int, $3::int, $4::text || ' as ' || current_user)
     on conflict (schema_name) do update
     set (run_pid, max_rate, throttled_by, throttled_at, paused, pause_at, pause_by, halted_at)
       = (excluded.run_pid, excluded.max_rate, excluded.throttled_by, clock_timestamp(), false, null, null, null)`,
    [schema, runPid, maxRate, operator],
  );
}

/** Undefined where that run has not entered itself yet. */
export async function readOrders(
  session: Session,
  { schema, runPid }: OrdersKey,
): Promise<Orders | undefined> {
  const [row] = await session.query(
    `select max_rate, throttled_by, throttled_at::timestamptz(0)::text as throttled_at, paused::text as paused,
       pause_by, pause_at::timestamptz(0)::text as pause_at, (halted_at is not null)::text as halted
     from drydock.orders where ${MINE}`,
    [schema, runPid],
  );
  if (row === undefined) return undefined;
  return {
    maxRate: row.max_rate === null ? null : Number(row.max_rate),
    throttledBy: String(row.throttled_by),
    throttledAt: String(row.throttled_at),
    paused: row.paused === 'true',
    pauseBy: row.pause_by ?? null,
    pauseAt: row.pause_at ?? null,
    halted: row.halted === 'true',
  };
}

/** Orders a halt, or its end, and writes it down; false: it was so already. */
export async function orderPause(
  session: Session,
  { schema, runPid }: OrdersKey,
  paused: boolean,
  operator: string,
): Promise<boolean> {
  const changed = await session.execute(
    `with o as (
       update drydock.orders
       set paused = $3::boolean, pause_at = clock_timestamp(), pause_by = $4::text || ' as ' || current_user, halted_at = null
       where ${MINE} and paused <> $3::boolean returning pause_by
     )
     insert into drydock.events (schema_name, kind, operator)
     select $1::text, case when $3::boolean then 'paused' else 'resumed' end, pause_by from o`,
    [schema, runPid, String(paused), operator],
  );
  return changed > 0;
}

/** Orders another rate, or none, and writes it down; false: it was so already. */
export async function orderRate(
  session: Session,
  { schema, runPid }: OrdersKey,
  maxRate: number | null,
  operator: string,
): Promise<boolean> {
  const changed = await session.execute(
    `with o as (
       update drydock.orders
       set max_rate = $3::int, throttled_at = clock_timestamp(), throttled_by = $4::text || ' as ' || current_user
       where ${MINE} and max_rate is distinct from $3::int returning throttled_by
     )
     insert into drydock.events (schema_name, kind, operator, detail)
     select $1::text, 'throttled', throttled_by, coalesce($3::int::text || ' rows/s', 'no limit') from o`,
    [schema, runPid, maxRate, operator],
  );
  return changed > 0;
}

/** The run says that it stands still, as it was told. */
export async function reportHalt(session: Session, { schema, runPid }: OrdersKey): Promise<void> {
  await session.execute(
    `update drydock.orders set halted_at = clock_timestamp() where ${MINE} and paused and halted_at is null`,
    [schema, runPid],
  );
}
