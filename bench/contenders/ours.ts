import { withClient } from '../client.js';
import { type Run, rollback, runPhase } from '../drydock.js';
import { type BenchServer, settle } from '../server.js';

export interface OurRun extends Run {
  /** Distinct merge keys of the unified rows: a statement that tells no ideas apart has as many rows. */
  readonly mergeKeys: number;
}

/** The opportunities phase from nothing, as a process of its own, so that its memory is its own too. */
export async function ours(server: BenchServer, args: readonly string[] = []): Promise<OurRun> {
  await rollback(server);
  await settle(server);
  const run = await runPhase(server, 'opportunities', args);
  const mergeKeys = await withClient(server, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      'select count(distinct merge_key)::int as n from opportunities_unified',
    );
    return rows[0]?.n ?? 0;
  });
  return { ...run, mergeKeys };
}
