import type { Session } from '../db/session.js';

/** A database, by what tells it from its copies. */
export interface Home {
  /** Of the server's files: another one after `initdb`, and so after `pg_upgrade`. Null: the user may not ask for it. */
  readonly systemIdentifier: string | null;
  readonly databaseOid: string;
  readonly database: string;
  /** As in `server_version_num`. */
  readonly serverVersion: number;
}

/** The database that the session is connected to. */
export async function presentHome(session: Session): Promise<Home> {
  const about = await session.one(
    `select d.oid::text as oid, d.datname as name, current_setting('server_version_num') as version,
       has_function_privilege('pg_catalog.pg_control_system()', 'execute')::text as may_ask
     from pg_database d where d.datname = current_database()`,
  );
  // Asked for by itself: the right to a function is checked whether it is reached or not.
  const identifier =
    about.may_ask === 'true'
      ? await session.one('select system_identifier::text as id from pg_control_system()')
      : { id: null };
  return {
    systemIdentifier: identifier.id ?? null,
    databaseOid: String(about.oid),
    database: String(about.name),
    serverVersion: Number(about.version),
  };
}

/** The database that the ledger was made or adopted in; null where nothing is known of it. */
export async function rememberedHome(
  session: Session,
): Promise<(Home & { readonly toVerify: boolean }) | null> {
  const [row] = await session.query(
    `select system_identifier, database_oid::text as oid, database_name, server_version, to_verify::text as to_verify from drydock.home`,
  );
  if (row === undefined) return null;
  return {
    systemIdentifier: row.system_identifier ?? null,
    databaseOid: String(row.oid),
    database: String(row.database_name),
    serverVersion: Number(row.server_version),
    toVerify: row.to_verify === 'true',
  };
}

/** Enters the database that the ledger is in. */
export async function enterHome(
  session: Session,
  home: Home,
  { toVerify }: { readonly toVerify: boolean },
): Promise<void> {
  await session.execute(
    `insert into drydock.home as h (system_identifier, database_oid, database_name, server_version, to_verify)
     values ($1::text, $2::text::oid, $3::text, $4::int, $5::boolean)
     on conflict (is_only) do update set (system_identifier, database_oid, database_name, server_version, since, to_verify)
       = (excluded.system_identifier, excluded.database_oid, excluded.database_name, excluded.server_version, clock_timestamp(), excluded.to_verify)`,
    [home.systemIdentifier, home.databaseOid, home.database, home.serverVersion, String(toVerify)],
  );
}

/** Enters that both sides were compared since the ledger was adopted. */
export async function enterHomeVerified(session: Session): Promise<void> {
  await session.execute('update drydock.home set to_verify = false where to_verify');
}

/** Whether two are the same database, as far as can be told; a new name makes it no other one. */
export function isSameDatabase(one: Home, other: Home): boolean {
  const known = one.systemIdentifier !== null && other.systemIdentifier !== null;
  return one.databaseOid === other.databaseOid && (!known || one.systemIdentifier === other.systemIdentifier);
}
