import type { Command } from 'commander';
import { z } from 'zod';
import { complete, EXIT } from '../../index.js';
import { confirmWord } from '../confirm.js';
import { parseFlags } from '../flags/parse.js';
import { addPatienceFlag, patience } from '../flags/patience.js';
import { flag } from '../flags/scalars.js';
import { addPhaseFlag, phase, target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderComplete } from '../render/complete.js';
import type { Session } from '../session.js';

const flags = z.object({
  ...target,
  phase: z.string({ error: 'complete wants to be told what to complete: give --phase.' }).pipe(phase),
  dryRun: flag,
  dropLegacy: flag,
  patience,
  yes: flag,
});

/** `drydock complete`: the point of no return. */
export function addComplete(program: Command, session: Session): void {
  const command = program
    .command('complete')
    .summary('end the migration of a phase that was cut over')
    .description(
      'Ends the keeping up of both forms: the unified tables stand on their own, the old names become read-only views ' +
        'of them, and foreign keys of other tables name the unified table. There is no way back but a backup. The ' +
        'legacy tables stay in drydock_legacy unless --drop-legacy is given. Asks on a terminal; elsewhere it wants --yes.',
    );
  addPhaseFlag(command, 'phase to complete (required)');
  command
    .option('--dry-run', 'only look')
    .option('--drop-legacy', 'drop the legacy tables; wants a verified backup');
  addPatienceFlag(command)
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock complete --phase opportunities --dry-run', 'what would it mean?'],
          ['drydock complete --phase all --yes', 'both phases, from a script'],
          ['drydock complete --phase all --drop-legacy', 'and drop the old tables'],
        ],
        ['Exits 1 when something stops it.'],
      ),
    )
    .action(async () => {
      const { phase: phases, yes, ...rest } = parseFlags(flags, command);
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
    });
}
