import { withClient } from '../client.js';
import { assessmentsInsertSelect } from '../contenders/assessments-insert-select.js';
import { runPhase } from '../drydock.js';
import { type BenchServer, settle } from '../server.js';

/** The second phase, on top of the first, against one statement that does the same. It stays: a round begins from nothing. */
export interface Assessments {
  readonly seconds: number;
  readonly verifySeconds: number;
  readonly insertSelectSeconds: number;
  readonly unifiedRows: { readonly ours: number; readonly insertSelect: number };
}

/** Refuses a server that is older than what the statement of the peer asks it (`pg_input_is_valid`). */
export async function requireModernPeer(server: BenchServer): Promise<void> {
  const { rows } = await withClient(server, (client) =>
    client.query<{ number: string }>(`select current_setting('server_version_num') as number`),
  );
  if (Number(rows[0]?.number) < 160_000)
    throw new Error('assessments can be measured on PostgreSQL 16 and newer: leave it out of --only.');
}

export async function assessments(server: BenchServer): Promise<Assessments> {
  await settle(server);
  const { seconds, verifySeconds, phase } = await runPhase(server, 'assessments');
  const peer = await assessmentsInsertSelect(server);
  return {
    seconds,
    verifySeconds,
    insertSelectSeconds: peer.seconds,
    unifiedRows: { ours: phase.unifiedRows, insertSelect: peer.rows },
  };
}
