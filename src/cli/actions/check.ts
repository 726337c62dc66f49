import type { Command } from 'commander';
import { check, refusedCheck } from '../../check/check.js';
import { BadDeclarationError } from '../../declare/refuse.js';
import { EXIT } from '../../errors.js';
import type { CheckReport } from '../../reports/check.js';
import { parseFlags } from '../flags/parse.js';
import { wholeNumber } from '../flags/scalars.js';
import { databaseUrl, targetWithPhases } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderCheck } from '../render/check.js';
import type { Session } from '../session.js';

const LARGEST_SEED = 2 ** 31 - 1;
const LONGEST_SECONDS = 86_400;

const flags = {
  ...targetWithPhases,
  scratchUrl: databaseUrl('--scratch-url'),
  seed: wholeNumber('--seed', 0, LARGEST_SEED),
  seconds: wholeNumber('--seconds', 1, LONGEST_SECONDS),
};

/** What `drydock check` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const report = await reported(session, command);
  const ok = report.refusals.length === 0 && report.faults.length === 0;
  session.finish(report, renderCheck, ok ? EXIT.done : EXIT.different);
}

async function reported(session: Session, command: Command): Promise<CheckReport> {
  try {
    const { phase, ...options } = await parseFlags(flags, command);
    const { signal } = session;
    return await withProgress(session, (onProgress) =>
      check({ ...options, phases: phase, signal, onProgress }),
    );
  } catch (error) {
    // What it is refused for is what was asked.
    if (error instanceof BadDeclarationError) return refusedCheck(error);
    throw error;
  }
}
