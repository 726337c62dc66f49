import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, rollback } from '../../index.js';
import { confirmWord } from '../confirm.js';
import { parseFlags } from '../flags/parse.js';
import { flag } from '../flags/scalars.js';
import { addPhaseFlag, phase, target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderRollback } from '../render/rollback.js';
import type { Session } from '../session.js';

const flags = z.object({
  ...target,
  phase: z.string({ error: 'rollback wants to be told what to drop: give --phase.' }).pipe(phase),
  yes: flag,
});

/** `drydock rollback`: drops what Drydock made for a phase, after asking. */
export function addRollback(program: Command, session: Session): void {
  const command = program
    .command('rollback')
    .summary('drop what Drydock made for a phase')
    .description(
      'Drops the tables and views that Drydock made for a phase, and only those. The legacy tables are not touched. ' +
        'Asks on a terminal; elsewhere it wants --yes.',
    );
  addPhaseFlag(command, 'phase to roll back (required)');
  command
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter([
        ['drydock rollback --phase assessments', 'the second phase, after asking'],
        ['drydock rollback --phase all --yes', 'everything, from a script'],
      ]),
    )
    .action(async () => {
      const { phase: phases, yes, ...rest } = parseFlags(flags, command);
      const word = phases.length === 1 ? (phases[0] ?? '') : 'all';
      const what = phases.length === 1 ? `the phase ${word}` : 'all phases';
      if (!yes) {
        await confirmWord(session, `This drops what Drydock made for ${what}; the legacy tables stay.`, word);
      }
      const { signal } = session;
      const report = await withProgress(session, (onProgress) =>
        rollback({ ...rest, phases, signal, onProgress }),
      );
      session.finish(report, renderRollback, EXIT.done);
    });
}
