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
