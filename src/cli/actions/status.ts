import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { status } from '../../verbs/status.js';
import { parseFlags } from '../flags/parse.js';
import { flag } from '../flags/scalars.js';
import { targetWithPhases } from '../flags/target.js';
import { renderStatus } from '../render/status.js';
import type { Session } from '../session.js';

const flags = { ...targetWithPhases, batches: flag };

/** What `drydock status` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { phase, batches, ...rest } = await parseFlags(flags, command);
  const report = await status({ ...rest, phases: phase, batchList: batches, signal: session.signal });
  const different = report.phases.some(({ state }) => state === 'different');
  session.finish(report, renderStatus, different ? EXIT.different : EXIT.done);
}
