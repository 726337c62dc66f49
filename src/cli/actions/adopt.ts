import type { Command } from 'commander';
import { adopt } from '../../adopt/adopt.js';
import { EXIT } from '../../errors.js';
import { parseFlags } from '../flags/parse.js';
import { roles } from '../flags/role.js';
import { flag } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderAdopt } from '../render/adopt.js';
import type { Session } from '../session.js';

const flags = {
  databaseUrl: target.databaseUrl,
  project: target.project,
  dryRun: flag,
  acceptOwner: roles,
};

/** What `drydock adopt` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { databaseUrl, project, dryRun, acceptOwner: acceptOwners } = await parseFlags(flags, command);
  const { signal } = session;
  const report = await withProgress(session, (onProgress) =>
    adopt({ databaseUrl, project, dryRun, acceptOwners, signal, onProgress }),
  );
  const trouble =
    report.outcome === 'refused' || report.phases.some(({ verification }) => verification?.equal === false);
  session.finish(report, renderAdopt, trouble ? EXIT.different : EXIT.done);
}
