import { literal } from './identifier.js';

/**
 * Everything that changes how a value is read or printed, what a statement or a name means, or how long a lock is
 * waited for. Pinned in every session, because ALTER ROLE and ALTER DATABASE may have set any of it.
 */
const PINNED: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog, pg_temp',
  client_encoding: 'UTF8',
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  xmloption: 'content',
  array_nulls: 'on',
  quote_all_identifiers: 'off',
  transform_null_equals: 'off',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  row_security: 'off',
  lock_timeout: '5s',
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  // Version 17 and newer have it.
  transaction_timeout: '0',
  jit: 'off',
  // A backend whose client is gone goes too, with its locks, and does not sit there until someone finds it.
  tcp_keepalives_idle: '30',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '45s',
};

/** Set under a condition. */
const CONDITIONAL: readonly (readonly [name: string, value: string, condition: string])[] = [
  // From version 19 on strings are always read like this.
  [
    'standard_conforming_strings',
    'on',
    `pg_catalog.current_setting('standard_conforming_strings', true) operator(pg_catalog.<>) 'on'`,
  ],
  // What is reported as done has to outlast a crash, whatever the role or the database was set to.
  [
    'synchronous_commit',
    'on',
    `pg_catalog.current_setting('synchronous_commit') operator(pg_catalog.=) 'off'`,
  ],
  // A backend looks for its client while a statement is at work, too; not every system can do it.
  ['client_connection_check_interval', '2s', `pg_catalog.version() operator(pg_catalog.~) 'linux'`],
  // Of sessions that wait for each other the server ends the one for which it finds that out first: a second after it
  // began to wait, so mostly the application's, which waited before. Ours is given again; a superuser may have it looked
  // at sooner.
  ['deadlock_timeout', '50ms', `pg_catalog.current_setting('is_superuser') operator(pg_catalog.=) 'on'`],
];

/**
 * A statement that pins the settings if the backend is the expected one and not among others, and returns the backend
 * and the number of settings. One statement, so that it costs a direct connection nothing to be looked at: behind a
 * transaction pooler every setting would be left for the next client. All names are qualified: before it, names are
 * looked up as the database says.
 */
export function pinStatement(expected: number, others: readonly number[]): string {
  const rows = [
    ...Object.entries(PINNED).map(([name, value]) => [name, value, 'true'] as const),
    ...CONDITIONAL,
  ].map(([name, value, condition]) => `(${literal(name)}, ${literal(value)}, ${condition})`);
  const pid = 'pg_catalog.pg_backend_pid()';
  const isOurs = [
    `${pid} operator(pg_catalog.=) ${expected}`,
    ...others.map((other) => `${pid} operator(pg_catalog.<>) ${other}`),
  ].join(' and ');
  return `select ${pid} as pid, case when ${isOurs} then (
    select pg_catalog.count(pg_catalog.set_config(name, value, false))
    from (values ${rows.join(', ')}) as pinned (name, value, condition)
    where condition and pg_catalog.current_setting(name, true) is not null) end as pinned`;
}
