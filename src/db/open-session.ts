import type pg from 'pg';
import { requireSessionMode, sharedBackend, transactionPooler } from './pooler.js';
import { Session } from './session.js';
import { pinStatement } from './settings.js';
import { noteStatement } from './statement-log.js';
import type { Backends } from './watch.js';

/** What a session is opened with besides its connection. */
export interface Surroundings {
  readonly backends: Backends;
  /** Backends of the other open sessions of this command. */
  readonly others: readonly number[];
  /** How long the server may take to answer at first. */
  readonly withinMs: number;
  /** Opens a second connection, for the question whether a pooler is in session mode. */
  openOther(): Promise<pg.Client>;
}

/**
 * Makes a session of a connected client, with its settings pinned. A pooler shows itself by the backend that it named at
 * the login, which is none: then nothing is set before its mode is known.
 *
 * @throws DrydockError behind a pooler that is not in session mode, or when two sessions have one backend
 */
export async function openSession(client: pg.Client, around: Surroundings): Promise<Session> {
  const named = backendOfLogin(client);
  const first = await pin(client, named, around);
  if (first.pinned) return new Session(client, { ...around, backend: named, isPooled: false });
  if (first.backend === named) throw sharedBackend();
  await requireSessionMode(client, around.openOther);
  const second = await pin(client, first.backend, around);
  if (!second.pinned) throw transactionPooler();
  return new Session(client, { ...around, backend: first.backend, isPooled: true });
}

/** The process id in BackendKeyData; without one (a pooler may send none) no backend has it. */
function backendOfLogin(client: pg.Client): number {
  return (client as unknown as { readonly processID: number | null }).processID ?? 0;
}

async function pin(
  client: pg.Client,
  expected: number,
  { others, withinMs }: Surroundings,
): Promise<{ readonly backend: number; readonly pinned: boolean }> {
  const query = { text: pinStatement(expected, others), query_timeout: withinMs };
  noteStatement(query.text);
  const { rows } = await client.query<{ pid: number; pinned: string | null }>(query as pg.QueryConfig);
  return { backend: Number(rows[0]?.pid), pinned: (rows[0]?.pinned ?? null) !== null };
}
