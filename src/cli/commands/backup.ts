import type { Command } from 'commander';
import { z } from 'zod';
import { backup, DEFAULTS, EXIT } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { directory } from '../flags/scalars.js';
import { sizeFlags } from '../flags/sizes.js';
import { addPhaseFlag, targetWithPhases } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderBackup } from '../render/backup.js';
import type { Session } from '../session.js';

const flags = z.object({
  ...targetWithPhases,
  to: directory('backup wants to be told where to: give --to DIR.'),
  concurrency: sizeFlags.concurrency,
});

/** `drydock backup`: writes what a phase touches into a directory, and reads it back. */
export function addBackup(program: Command, session: Session): void {
  const command = program
    .command('backup')
    .summary('write all tables of a phase into a directory, and read them back')
    .description(
      'Writes the legacy tables of a phase, submissions, and the tables that were made for it, all of one snapshot, ' +
        'into a new directory: rows as compressed text, and all definitions. Reads every file back before the ' +
        'directory gets its name. Only reads the database; the ledger, where there is one, remembers the backup.',
    );
  addPhaseFlag(command, 'phase to back up (default: all)');
  command
    .option('--to <directory>', 'the directory to make (required); it may not be there yet, or be empty')
    .option('--concurrency <n>', `tables written side by side (default: ${DEFAULTS.concurrency})`)
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock backup --to /backup/reddit-1', 'everything'],
          ['drydock backup --phase assessments --to /backup/scores', 'one phase'],
          ['drydock restore --from /backup/reddit-1 --into tryout', 'does it come back? in a schema beside'],
        ],
        ['The directory holds row data: only you can read it.'],
      ),
    )
    .action(async () => {
      const { phase, ...rest } = parseFlags(flags, command);
      const { signal } = session;
      const report = await withProgress(session, (onProgress) =>
        backup({ ...rest, phases: phase, signal, onProgress }),
      );
      session.finish(report, renderBackup, EXIT.done);
    });
}
