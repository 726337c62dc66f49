import type { Command } from 'commander';
import { complete } from '../../cutover/complete.js';
import { EXIT } from '../../errors.js';
import { confirmWord } from '../confirm.js';
import { parseFlags } from '../flags/parse.js';
import { lockWait, patience } from '../flags/patience.js';
import { flag } from '../flags/scalars.js';
import { databaseUrl, requiredPhase, target } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderComplete } from '../render/complete.js';
import type { Session } from '../session.js';

const flags = {
  ...target,
  phase: requiredPhase('complete wants to be told what to complete: give --phase.'),
  dryRun: flag,
  sql: flag,
  scratchUrl: databaseUrl('--scratch-url'),
  dropLegacy: flag,
  patience,
  lockWait,
  yes: flag,
};

/** What `drydock complete` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { phase: phases, yes, sql, scratchUrl, ...rest } = await parseFlags(flags, command);
  if (sql) {
    const { printStatements } = await import('./statements.js');
    return printStatements(session, { ...rest, verb: 'complete', phases, scratchUrl });
  }
  const word = phases.length === 1 ? (phases[0] ?? '') : 'all';
  if (!yes && !rest.dryRun) {
    const drops = rest.dropLegacy ? ' and drops the legacy tables' : '';
    await confirmWord(
      session,
      `This ends the migration of ${word}${drops}; there is no way back but a backup.`,
      word,
    );
  }
  const { signal } = session;
  const report = await withProgress(session, (onProgress) =>
    complete({ ...rest, phases, signal, onProgress }),
  );
  const refused = report.phases.some(({ outcome }) => outcome === 'refused');
  session.finish(report, renderComplete, refused ? EXIT.different : EXIT.done);
}
