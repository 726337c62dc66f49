import type { Command } from 'commander';

import { EXIT } from '../../errors.js';
import { explain } from '../../verbs/explain.js';
import { parseFlags } from '../flags/parse.js';
import { targetWithPhases } from '../flags/target.js';
import { renderExplain } from '../render/explain.js';
import type { Session } from '../session.js';

/** What `drydock explain KEY` does. */
export async function act(session: Session, command: Command, key: string): Promise<void> {
  const { phase, ...options } = await parseFlags(targetWithPhases, command);
  const report = await explain({ ...options, phases: phase, key, signal: session.signal });
  session.finish(report, renderExplain, EXIT.done);
}
