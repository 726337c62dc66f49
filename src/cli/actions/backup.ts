import type { Command } from 'commander';
import { backup } from '../../backup/backup.js';
import { EXIT } from '../../errors.js';
import { parseFlags } from '../flags/parse.js';
import { directory } from '../flags/scalars.js';
import { sizeFlags } from '../flags/sizes.js';
import { targetWithPhases } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderBackup } from '../render/backup.js';
import type { Session } from '../session.js';

const flags = {
  ...targetWithPhases,
  to: directory('backup wants to be told where to: give --to DIR.'),
  concurrency: sizeFlags.concurrency,
};

/** What `drydock backup` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { phase, ...rest } = await parseFlags(flags, command);
  const { signal } = session;
  const report = await withProgress(session, (onProgress) =>
    backup({ ...rest, phases: phase, signal, onProgress }),
  );
  session.finish(report, renderBackup, EXIT.done);
}
