import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, rollback, rollbackFully } from '../../index.js';
import { confirmWord } from '../confirm.js';
import { parseFlags } from '../flags/parse.js';
import { addPatienceFlag, patience } from '../flags/patience.js';
import { directory, flag } from '../flags/scalars.js';
import { addPhaseFlag, phase, target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderFullRollback } from '../render/full-rollback.js';
import { renderRollback } from '../render/rollback.js';
import type { Session } from '../session.js';

const flags = z
  .object({
    ...target,
    phase: z.string({ error: 'rollback wants to be told what to drop: give --phase.' }).pipe(phase),
    drop: flag,
    full: flag,
    from: directory('--from wants the directory of a backup.').optional(),
    dryRun: flag,
    patience,
    yes: flag,
  })
  .refine(({ full, from }) => full === (from !== undefined), {
    error: 'A full rollback goes back to a backup: --full and --from DIR belong together.',
  })
  .refine(({ full, drop }) => !(full && drop), {
    error: '--full drops what Drydock made, too: leave out --drop.',
  });

/** `drydock rollback`: drops what Drydock made for a phase, after asking. */
export function addRollback(program: Command, session: Session): void {
  const command = program
    .command('rollback')
    .summary('take a phase one step back')
    .description(
      'A phase that was cut over gets its legacy tables back under their names, with everything that was written since, ' +
        'and is in sync again; given once more, it changes nothing. Of phases that were never cut over, the tables and views ' +
        'that Drydock made are dropped, and only those, and its triggers are taken from the legacy tables; --drop does so also after a cutover. ' +
        'The rows of the legacy tables stay. With --full the legacy tables get the rows of a backup, also after a completion that ' +
        'dropped them; what was written since is gone. Asks on a terminal; elsewhere it wants --yes.',
    );
  addPhaseFlag(command, 'phase to roll back (required)');
  command
    .option('--drop', 'after a cutover too, drop what Drydock made')
    .option('--full', 'all of the way back, from any state: rows as a backup has them, and nothing of ours')
    .option('--from <directory>', 'the backup to go back to, for --full')
    .option('--dry-run', 'only say what would be done');
  addPatienceFlag(command)
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter([
        ['drydock rollback --phase assessments', 'the second phase, after asking'],
        ['drydock rollback --phase opportunities --dry-run', 'what would it do?'],
        ['drydock rollback --phase all --drop --yes', 'all of the way back, from a script'],
        ['drydock rollback --phase all --full --from DIR --dry-run', 'what would a backup bring?'],
      ]),
    )
    .action(async () => {
      const { phase: phases, yes, full, from, ...rest } = parseFlags(flags, command);
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
    });
}
