import { literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { PhaseName } from '../reports/phase-name.js';
import { COMMANDS, type Command } from '../reports/status.js';

/** First key of our advisory locks: `DRYD` in ASCII. */
const LOCK_CLASS = 0x44525944;

/** Who holds a schema's lock. What the server does not tell the asking user is null. */
export interface Holder {
  readonly backendPid: number;
  /** Null where the session does not say. */
  readonly command: Command | null;
  /** Those that it works on, as the session says. */
  readonly phases: readonly PhaseName[] | 'all';
  /** `user@host (process 123)`, where the session says it. */
  readonly operator: string | null;
  readonly user: string;
  readonly address: string | null;
  readonly since: string | null;
}

/** Takes the schema's lock for as long as the session lasts; false where another session has it. */
export async function takeLock(session: Session, schema: string): Promise<boolean> {
  const { got } = await session.one('select pg_try_advisory_lock($1::int, hashtext($2::text))::text as got', [
    LOCK_CLASS,
    schema,
  ]);
  return got === 'true';
}

/** An expression that takes the same lock until the end of the transaction; for a job inside the server. */
export function tryLockStatement(schema: string): string {
  return `pg_try_advisory_xact_lock(${LOCK_CLASS}, hashtext(${literal(schema)}))`;
}

/** Gives the lock back, and keeps the session. */
export async function releaseLock(session: Session, schema: string): Promise<void> {
  await session.execute('select pg_advisory_unlock($1::int, hashtext($2::text))', [LOCK_CLASS, schema]);
}

/**
 * Writes on the session what it is for. The application name is the one thing of a session that every user may
 * see, and it is there before there is a ledger; Postgres cuts it after 63 bytes.
 */
export async function nameSession(
  session: Session,
  command: Command,
  phases: readonly PhaseName[] | 'all',
  operator: string,
): Promise<void> {
  const which = phases === 'all' ? phases : phases.join('+');
  await session.execute(
    `set application_name = ${literal(`drydock ${command} ${which} by ${operator}`.replaceAll('\0', ''))}`,
  );
}

/** Who is at work on the schema, if anybody is. */
export async function findHolder(session: Session, schema: string): Promise<Holder | undefined> {
  const [row] = await session.query(
    `select a.pid::text as pid, a.application_name as name, a.usename as user, a.backend_start::timestamptz(0)::text as since,
       case when a.backend_start is not null then coalesce(host(a.client_addr), 'a local socket') end as address
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.classid = $1::text::oid
       and l.database = (select oid from pg_database where datname = current_database())
       and l.objid = ((hashtext($2::text)::bigint + 4294967296) % 4294967296)::text::oid`,
    [LOCK_CLASS, schema],
  );
  if (row === undefined) return undefined;
  const said = /^drydock (\S+) (\S+) by (.+)$/.exec(row.name ?? '');
  return {
    backendPid: Number(row.pid),
    command: COMMANDS.find((command) => command === said?.[1]) ?? null,
    phases: said?.[2] === 'all' ? 'all' : (said?.[2]?.split('+') ?? []),
    operator: said?.[3] ?? null,
    user: String(row.user),
    address: row.address ?? null,
    since: row.since ?? null,
  };
}

/** The holder in words: what, by whom, from where, since when. */
export function describeHolder(holder: Holder): string {
  const { command, phases, operator, user, address, since, backendPid } = holder;
  const which = phases === 'all' ? 'all phases' : `phase ${phases.join(', ')}`;
  return [
    command === null ? 'Drydock' : `drydock ${command} of ${which}`,
    ...(operator === null ? [] : [`by ${operator}`]),
    `as database user "${user}"${address === null ? '' : ` from ${address}`} (backend ${backendPid})`,
    ...(since === null ? [] : [`since ${since}`]),
  ].join(', ');
}
