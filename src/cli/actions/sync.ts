import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { sync } from '../../verbs/sync.js';
import { parseFlags } from '../flags/parse.js';
import { maxRejects } from '../flags/rejects.js';
import { flag } from '../flags/scalars.js';
import { seconds } from '../flags/seconds.js';
import { databaseUrl, targetWithPhases } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderSync } from '../render/sync.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const LONGEST_INTERVAL = 3600;

const flags = {
  ...targetWithPhases,
  follow: flag,
  interval: seconds('--interval', LONGEST_INTERVAL),
  maxRejects,
  dryRun: flag,
  sql: flag,
  scratchUrl: databaseUrl('--scratch-url'),
};

/** What `drydock sync` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { phase, interval, dryRun, sql, scratchUrl, ...rest } = await parseFlags(flags, command);
  // Not named, it is whatever was run.
  const phases = command.opts().phase === undefined ? undefined : phase;
  if (sql) {
    const { printStatements } = await import('./statements.js');
    return printStatements(session, { ...rest, verb: 'sync', phases, dryRun, scratchUrl });
  }
  if (dryRun)
    throw new UsageError('--dry-run of sync wants --sql: what waits is said by `drydock status`.', 'sync');
  const { signal } = session;
  const report = await withProgress(session, (onProgress) =>
    sync({ ...rest, phases, intervalSeconds: interval, signal, onProgress }),
  );
  session.finish(report, renderSync, EXIT.done);
}
