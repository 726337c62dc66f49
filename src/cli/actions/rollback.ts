import type { Command } from 'commander';
import { rollback } from '../../cutover/rollback.js';
import { EXIT } from '../../errors.js';
import { confirmWord } from '../confirm.js';
import { text } from '../flags/flag.js';
import { parseFlags } from '../flags/parse.js';
import { lockWait, patience } from '../flags/patience.js';
import { flag } from '../flags/scalars.js';
import { databaseUrl, requiredPhase, target } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderRollback } from '../render/rollback.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const flags = {
  ...target,
  phase: requiredPhase('rollback wants to be told what to drop: give --phase.'),
  drop: flag,
  full: flag,
  from: text('--from wants the directory of a backup.'),
  dryRun: flag,
  sql: flag,
  scratchUrl: databaseUrl('--scratch-url'),
  patience,
  lockWait,
  yes: flag,
};

/** What `drydock rollback` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { phase: phases, yes, full, from, sql, scratchUrl, ...rest } = await parseFlags(flags, command);
  if (sql && full)
    throw new UsageError(
      'What --full does is SQL of a backup: --sql shows a rollback without it.',
      'rollback',
    );
  if (sql) {
    const { printStatements } = await import('./statements.js');
    return printStatements(session, { ...rest, verb: 'rollback', phases, scratchUrl });
  }
  if (full !== (from !== undefined))
    throw new UsageError(
      'A full rollback goes back to a backup: --full and --from DIR belong together.',
      'rollback',
    );
  if (full && rest.drop)
    throw new UsageError('--full drops what Drydock made, too: leave out --drop.', 'rollback');
  const word = phases.length === 1 ? (phases[0] ?? '') : 'all';
  const what = phases.length === 1 ? `the phase ${word}` : 'all phases';
  if (!yes && !rest.dryRun) {
    await confirmWord(
      session,
      full
        ? `This makes the rows of the legacy tables of ${what} those of the backup in ${from}, and drops what Drydock made: what was written since is lost.`
        : rest.drop
          ? `This gives the legacy tables of ${what} their names back where they were cut over, and drops what Drydock made, its triggers on them too; their rows stay.`
          : `This gives the legacy tables of ${what} their names back where they were cut over, or drops what Drydock made where nothing ever was, its triggers on them too; their rows stay.`,
      word,
    );
  }
  const { signal } = session;
  if (from !== undefined) {
    const { drop: _, ...options } = rest;
    const [{ rollbackFully }, { renderFullRollback }] = await Promise.all([
      import('../../full-rollback/full-rollback.js'),
      import('../render/full-rollback.js'),
    ]);
    const full = await withProgress(session, (onProgress) =>
      rollbackFully({ ...options, from, phases, signal, onProgress }),
    );
    const asItWas = full.differences.length === 0;
    session.finish(full, renderFullRollback, asItWas ? EXIT.done : EXIT.different);
    return;
  }
  const report = await withProgress(session, (onProgress) =>
    rollback({ ...rest, phases, signal, onProgress }),
  );
  session.finish(report, renderRollback, EXIT.done);
}
