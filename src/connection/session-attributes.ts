import type pg from 'pg';
import { OtherServerError } from './login-errors.js';
import type { SessionAttributes } from './target.js';

/** What the server reports about itself at the login. */
export type ServerStatus = ReadonlyMap<string, string>;

/**
 * Whether a server is of the kind that `target_session_attrs` asks for, decided as libpq decides it: by what it reported
 * (version 14 and newer), and where a pooler swallowed that, by asking.
 *
 * @throws OtherServerError when it is not
 */
export async function requireAttributes(
  client: pg.Client,
  status: ServerStatus,
  wanted: Exclude<SessionAttributes, 'prefer-standby'>,
): Promise<void> {
  if (wanted === 'any') return;
  const isStandby = async () =>
    on(
      status.get('in_hot_standby') ??
        (await ask(client, 'select pg_catalog.pg_is_in_recovery()::text as answer')),
    );
  const isReadOnly = async () => {
    const standby = status.get('in_hot_standby');
    const readOnly = status.get('default_transaction_read_only');
    return standby !== undefined && readOnly !== undefined
      ? on(standby) || on(readOnly)
      : on(await ask(client, `select pg_catalog.current_setting('transaction_read_only') as answer`));
  };
  const found =
    wanted === 'primary' || wanted === 'standby'
      ? (await isStandby())
        ? 'standby'
        : 'primary'
      : (await isReadOnly())
        ? 'read-only'
        : 'read-write';
  if (found !== wanted)
    throw new OtherServerError(`it is ${found}, and target_session_attrs=${wanted} asks for another`);
}

async function ask(client: pg.Client, text: string): Promise<string> {
  const { rows } = await client.query<{ answer: string }>(text);
  return rows[0]?.answer ?? '';
}

function on(value: string): boolean {
  return value === 'on' || value === 'true';
}
