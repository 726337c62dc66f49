import type { Command } from 'commander';
import { z } from 'zod';
import { cutover, EXIT } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { addPatienceFlag, patience } from '../flags/patience.js';
import { flag } from '../flags/scalars.js';
import { addPhaseFlag, phase, target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderCutover } from '../render/cutover.js';
import type { Session } from '../session.js';

const flags = z.object({
  ...target,
  phase: z.string({ error: 'cutover wants to be told what to cut over: give --phase.' }).pipe(phase),
  dryRun: flag,
  backup: z.boolean().default(true),
  patience,
});

/** `drydock cutover`: views in the place of the legacy tables. */
export function addCutover(program: Command, session: Session): void {
  const command = program
    .command('cutover')
    .summary('put views in the place of the legacy tables')
    .description(
      'Moves the legacy tables of a phase into the schema drydock_legacy and puts writable views of their old names ' +
        'in their place, in one short transaction. Applications go on as before, and new ones may use the unified ' +
        'tables: what is written to one side reaches the other. Looks at everything that hangs on the tables first, ' +
        'and says what is carried over, what is different, and what stops it.',
    );
  addPhaseFlag(command, 'phase to cut over (required)');
  command.option('--dry-run', 'only look').option('--no-backup', 'go on without a verified backup');
  addPatienceFlag(command)
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock cutover --phase opportunities --dry-run', 'what would it mean?'],
          ['drydock cutover --phase opportunities', 'do it'],
          ['drydock rollback --phase opportunities', 'and back, with all that was written since'],
        ],
        ['Exits 1 when something stops it, or when the verification afterwards finds a difference.'],
      ),
    )
    .action(async () => {
      const { phase: phases, backup, ...rest } = parseFlags(flags, command);
      const { signal } = session;
      const report = await withProgress(session, (onProgress) =>
        cutover({ ...rest, phases, noBackup: !backup, signal, onProgress }),
      );
      const trouble = report.phases.some(
        ({ outcome, verification }) => outcome === 'refused' || verification?.equal === false,
      );
      session.finish(report, renderCutover, trouble ? EXIT.different : EXIT.done);
    });
}
