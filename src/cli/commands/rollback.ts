import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, rollback } from '../../index.js';
import { confirmWord } from '../confirm.js';
import { parseFlags } from '../flags/parse.js';
import { addPatienceFlag, patience } from '../flags/patience.js';
import { flag } from '../flags/scalars.js';
import { addPhaseFlag, phase, target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderRollback } from '../render/rollback.js';
import type { Session } from '../session.js';

const flags = z.object({
  ...target,
  phase: z.string({ error: 'rollback wants to be told what to drop: give --phase.' }).pipe(phase),
  drop: flag,
  dryRun: flag,
  patience,
  yes: flag,
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
        'The rows of the legacy tables stay. Asks on a terminal; elsewhere it wants --yes.',
    );
  addPhaseFlag(command, 'phase to roll back (required)');
  command
    .option('--drop', 'after a cutover too, drop what Drydock made')
    .option('--dry-run', 'only say what would be done');
  addPatienceFlag(command)
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter([
        ['drydock rollback --phase assessments', 'the second phase, after asking'],
        ['drydock rollback --phase opportunities --dry-run', 'what would it do?'],
        ['drydock rollback --phase all --drop --yes', 'all of the way back, from a script'],
      ]),
    )
    .action(async () => {
      const { phase: phases, yes, ...rest } = parseFlags(flags, command);
      const word = phases.length === 1 ? (phases[0] ?? '') : 'all';
      const what = phases.length === 1 ? `the phase ${word}` : 'all phases';
      if (!yes && !rest.dryRun) {
        await confirmWord(
          session,
          rest.drop
            ? `This gives the legacy tables of ${what} their names back where they were cut over, and drops what Drydock made, its triggers on them too; their rows stay.`
            : `This gives the legacy tables of ${what} their names back where they were cut over, or drops what Drydock made where nothing ever was, its triggers on them too; their rows stay.`,
          word,
        );
      }
      const { signal } = session;
      const report = await withProgress(session, (onProgress) =>
        rollback({ ...rest, phases, signal, onProgress }),
      );
      session.finish(report, renderRollback, EXIT.done);
    });
}
