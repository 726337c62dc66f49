import type { Command } from 'commander';
import { cutover } from '../../cutover/cutover.js';
import { EXIT } from '../../errors.js';
import { parseFlags } from '../flags/parse.js';
import { lockWait, patience } from '../flags/patience.js';
import { flag, unlessOff } from '../flags/scalars.js';
import { databaseUrl, requiredPhase, target } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderCutover } from '../render/cutover.js';
import type { Session } from '../session.js';

const flags = {
  ...target,
  phase: requiredPhase('cutover wants to be told what to cut over: give --phase.'),
  dryRun: flag,
  sql: flag,
  scratchUrl: databaseUrl('--scratch-url'),
  backup: unlessOff,
  patience,
  lockWait,
};

/** What `drydock cutover` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { phase: phases, backup, sql, scratchUrl, ...rest } = await parseFlags(flags, command);
  if (sql) {
    const { printStatements } = await import('./statements.js');
    return printStatements(session, { ...rest, verb: 'cutover', phases, scratchUrl });
  }
  const { signal } = session;
  const report = await withProgress(session, (onProgress) =>
    cutover({ ...rest, phases, noBackup: !backup, signal, onProgress }),
  );
  const trouble = report.phases.some(
    ({ outcome, verification }) => outcome === 'refused' || verification?.equal === false,
  );
  session.finish(report, renderCutover, trouble ? EXIT.different : EXIT.done);
}
