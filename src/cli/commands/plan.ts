import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, type PlanOptions, plan } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { addSizeFlags, sizeFlags } from '../flags/sizes.js';
import { addPhaseFlag, targetWithPhases } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderPlan } from '../render/plan.js';
import type { Session } from '../session.js';

const flags = z
  .object({ ...targetWithPhases, ...sizeFlags })
  .transform(({ phase, ...rest }): PlanOptions => ({ ...rest, phases: phase }));

/** `drydock plan`: looks, counts, and says what a run would do. Writes nothing. */
export function addPlan(program: Command, session: Session): void {
  const command = program
    .command('plan')
    .summary('say what a run would do, and what would stop it (read-only)')
    .description(
      'Looks at the legacy tables and says what a run would do: shapes, row counts, duplicates, orphans, what will ' +
        'be created, an estimate, and what would stop it. Runs in read-only transactions.',
    );
  addPhaseFlag(command, 'phase to plan (default: all)');
  addSizeFlags(command)
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock plan', 'all phases of the database in DATABASE_URL'],
          ['drydock plan --phase assessments', 'one phase'],
          ['drydock plan --json | jq .stops', 'what would stop a run, for a script'],
        ],
        ['Exits 1 when something would stop the run.'],
      ),
    )
    .action(async () => printPlan(session, parseFlags(flags, command)));
}

/** Plans and prints; `run --dry-run` is the same. */
export async function printPlan(session: Session, options: PlanOptions): Promise<void> {
  const { signal } = session;
  const report = await withProgress(session, (onProgress) => plan({ ...options, signal, onProgress }));
  session.finish(report, renderPlan, report.stops.length > 0 ? EXIT.different : EXIT.done);
}
