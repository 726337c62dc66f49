import type { SyncReport } from '../../src/index.js';
import { withClient } from '../client.js';
import { drydock } from '../drydock.js';
import { type BenchServer, settle } from '../server.js';

/** How fast many changes at once are applied. */
export interface Burst {
  readonly changes: number;
  readonly keys: number;
  readonly changesPerSecond: number;
  readonly keysPerSecond: number;
  readonly peakRssMb: number;
}

/** Changes some rows of every submission's opportunity, and has them applied. */
export async function burst(server: BenchServer): Promise<Burst> {
  await withClient(server, async (client) => {
    await client.query(`update opportunities set app_name = app_name || '!', last_reviewed_at = now()`);
    await client.query('update app_opportunities set trust_score = least(100, trust_score + 1)');
  });
  await settle(server);
  const report = await drydock<SyncReport>(server, ['sync', '--phase', 'opportunities']);
  const [phase] = report.phases;
  if (phase === undefined || phase.backlog > 0)
    throw new Error('not all was applied: its speed means nothing');
  return {
    changes: phase.changes,
    keys: phase.keys,
    changesPerSecond: phase.changes / phase.seconds,
    keysPerSecond: phase.keysPerSecond,
    peakRssMb: report.peakRssBytes / 2 ** 20,
  };
}
