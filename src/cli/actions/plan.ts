import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import type { PlanOptions } from '../../reports/plan.js';
import { plan } from '../../verbs/plan.js';
import { parseFlags } from '../flags/parse.js';
import { sizeFlags } from '../flags/sizes.js';
import { targetWithPhases } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderPlan } from '../render/plan.js';
import type { Session } from '../session.js';

const flags = { ...targetWithPhases, ...sizeFlags };

/** What `drydock plan` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { phase: phases, ...rest } = await parseFlags(flags, command);
  return printPlan(session, { ...rest, phases });
}

/** Plans and prints; `run --dry-run` is the same. */
export async function printPlan(session: Session, options: PlanOptions): Promise<void> {
  const { signal } = session;
  const report = await withProgress(session, (onProgress) => plan({ ...options, signal, onProgress }));
  session.finish(report, renderPlan, report.stops.length > 0 ? EXIT.different : EXIT.done);
}
