import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { verify } from '../../verbs/verify.js';
import { parseFlags } from '../flags/parse.js';
import { rangeFlags, toRange } from '../flags/range.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { optionalPhase, target } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderVerify } from '../render/verify.js';
import type { Session } from '../session.js';

const MOST_LISTED = 1_000_000;

const flags = {
  ...target,
  phase: optionalPhase,
  batches: rangeFlags.batches,
  from: rangeFlags.from,
  to: rangeFlags.to,
  since: rangeFlags.since,
  strict: flag,
  limit: wholeNumber('--limit', 0, MOST_LISTED),
  record: flag,
};

/** What `drydock verify` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { phase: phases, batches, from, to, since, ...rest } = await parseFlags(flags, command);
  const range = toRange({ batches, from, to, since }, 'verify');
  const { signal } = session;
  const report = await withProgress(session, (onProgress) =>
    verify({ ...rest, phases, ...range, signal, onProgress }),
  );
  session.finish(report, renderVerify, report.equal ? EXIT.done : EXIT.different);
}
