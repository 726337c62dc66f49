import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, status } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { flag } from '../flags/scalars.js';
import { addPhaseFlag, targetWithPhases } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { renderStatus } from '../render/status.js';
import type { Session } from '../session.js';

const flags = z.object({ ...targetWithPhases, batches: flag });

/** `drydock status`: reads the ledger. */
export function addStatus(program: Command, session: Session): void {
  const command = program
    .command('status')
    .summary('say what the ledger knows of each phase')
    .description(
      'Says how far each phase is, when it last ran and when it was last verified. Reads the ledger only.',
    );
  addPhaseFlag(command, 'phase to show (default: all)');
  command
    .option('--batches', 'list every batch')
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock status', 'all phases'],
          ['drydock status --phase opportunities --batches', 'one phase, batch by batch'],
        ],
        ['Exits 1 when the last verification of a phase found differences.'],
      ),
    )
    .action(async () => {
      const { phase, batches, ...rest } = parseFlags(flags, command);
      const report = await status({ ...rest, phases: phase, batchList: batches, signal: session.signal });
      const different = report.phases.some(({ state }) => state === 'different');
      session.finish(report, renderStatus, different ? EXIT.different : EXIT.done);
    });
}
